import { noteClientChange } from "#lib/access/access-change.ts";
import { type GrantInput, grantInputSchema } from "#lib/access/grant-input.ts";
import { grantOf, recordGrant } from "#lib/access/grant-record.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/**
 * Lets a client call a service.
 *
 * @returns the id of the grant
 * @throws DomainError `malformed`; `notFound`; `conflict` when client or service is retired; each naming the field
 */
export async function createGrant(
  { database, clock }: Installation,
  actor: Actor,
  input: GrantInput,
): Promise<string> {
  authorize(actor, "client:manage");
  const { clientId, ...rest } = parsed(grantInputSchema, input);
  const now = clock.now();
  const wanted = grantOf(rest, now);
  return database.write(async (transaction) => {
    const client = await presentClient(transaction, clientId, null);
    const { id, entry } = await recordGrant(transaction, actor, now, client, wanted);
    await noteClientChange(transaction, clientId);
    await appendAudit(transaction, actor, now, entry);
    return id;
  });
}

/**
 * Takes a service from a client, at once. Who had it until then stays on record.
 *
 * @throws DomainError `notFound`; `conflict` when the grant has ended already
 */
export async function endGrant({ database, clock }: Installation, actor: Actor, id: string): Promise<void> {
  authorize(actor, "client:manage");
  const now = clock.now();
  await database.write(async (transaction) => {
    const present = await transaction.grant.findUnique({
      where: { id },
      include: { client: { select: { name: true } }, service: { select: { name: true } } },
    });
    if (present === null) throw new DomainError("notFound", "There is no such grant.");
    if (present.endsAt !== null && present.endsAt <= now) {
      throw new DomainError("conflict", "The grant has ended already.");
    }
    // One that has not begun never will.
    const startsAt = new Date(Math.min(present.startsAt.getTime(), now.getTime()));
    await transaction.grant.update({
      where: { id },
      data: { startsAt, endsAt: now, version: { increment: 1 } },
    });
    await noteClientChange(transaction, present.clientId);
    await appendAudit(transaction, actor, now, {
      action: "grant.ended",
      object: { kind: "client", id: present.clientId, name: present.client.name },
      details: { grant: id, service: present.service.name, before: present.endsAt },
    });
  });
}
