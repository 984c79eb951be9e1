import type { GrantTerms } from "#lib/access/grant-input.ts";
import type { AuditEntry } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { truncateToSecond } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";

/** A grant that is to be given, with its times in whole seconds. */
export interface NewGrant extends Omit<GrantTerms, "startsAt"> {
  startsAt: Date;
}

/**
 * Reads the times of a grant.
 *
 * @param now whole seconds
 * @throws DomainError `malformed`, field `endsAt`, for one that would end before it begins
 */
export function grantOf(terms: GrantTerms, now: Date): NewGrant {
  const startsAt = truncateToSecond(terms.startsAt ?? now);
  const endsAt = terms.endsAt === null ? null : truncateToSecond(terms.endsAt);
  if (endsAt !== null && endsAt <= startsAt) {
    throw malformed("endsAt", "grant.times", "The grant would end before it begins.");
  }
  return { ...terms, startsAt, endsAt };
}

/**
 * Writes a grant inside the transaction of its caller, who appends the event and has the client's change noted.
 *
 * @throws DomainError `notFound`; `conflict` for a service that is retired; each naming the field
 */
export async function recordGrant(
  transaction: Transaction,
  actor: Actor,
  now: Date,
  client: { id: string; name: string },
  { serviceId, paths, methods, startsAt, endsAt }: NewGrant,
): Promise<{ id: string; entry: AuditEntry }> {
  const service = await transaction.service.findUnique({
    where: { id: serviceId },
    select: { name: true, status: true },
  });
  if (service === null) throw refused("notFound", "grant.service", "There is no such service.");
  if (service.status === "retired") {
    throw refused("conflict", "grant.service", `${service.name} is retired.`);
  }
  const id = newId();
  await transaction.grant.create({
    data: {
      ...{ id, clientId: client.id, serviceId, startsAt, endsAt, version: 1 },
      ...{ createdAt: now, createdBy: actor.name },
      paths: JSON.stringify(paths),
      methods: JSON.stringify(methods),
    },
  });
  return {
    id,
    entry: {
      action: "grant.created",
      object: { kind: "client", id: client.id, name: client.name },
      details: { grant: id, service: service.name, serviceId, paths, methods, startsAt, endsAt },
    },
  };
}

function refused(code: "notFound" | "conflict", rule: string, detail: string): DomainError {
  return new DomainError(code, detail, { violations: [{ field: "serviceId", rule, detail }] });
}
