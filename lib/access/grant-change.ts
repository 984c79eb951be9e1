import { z } from "zod";
import { noteClientChange } from "#lib/access/access-change.ts";
import { clearPath } from "#lib/access/decide/request-path.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { truncateToSecond } from "#lib/clock.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/** Under which conditions a client may call a service. */
export const grantInputSchema = z.strictObject({
  clientId: z.string(),
  serviceId: z.string(),
  /** Path prefixes; empty for every path. */
  paths: z
    .array(
      z
        .string()
        .trim()
        .max(1024, { error: "is longer than 1024 characters" })
        .refine((path) => clearPath(path) === path, { error: "is no path that every program reads alike" }),
    )
    .max(50, { error: "are more than 50" })
    .transform((paths) => [...new Set(paths)].sort())
    .default([]),
  /** Empty for every method. */
  methods: z
    .array(z.string().regex(/^[A-Z]{1,20}$/, { error: "is no method in upper case" }))
    .max(20, { error: "are more than 20" })
    .transform((methods) => [...new Set(methods)].sort())
    .default([]),
  startsAt: z.date().optional(),
  endsAt: z.date().nullable().default(null),
});

export type GrantInput = z.input<typeof grantInputSchema>;

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
  const { clientId, serviceId, paths, methods, ...times } = parsed(grantInputSchema, input);
  const now = clock.now();
  const startsAt = truncateToSecond(times.startsAt ?? now);
  const endsAt = times.endsAt === null ? null : truncateToSecond(times.endsAt);
  if (endsAt !== null && endsAt <= startsAt) {
    throw malformed("endsAt", "grant.times", "The grant would end before it begins.");
  }
  const id = newId();
  await database.write(async (transaction) => {
    const client = await presentClient(transaction, clientId, null);
    const service = await transaction.service.findUnique({
      where: { id: serviceId },
      select: { name: true, status: true },
    });
    if (service === null) throw new DomainError("notFound", "There is no such service.");
    if (service.status === "retired") throw new DomainError("conflict", `${service.name} is retired.`);
    await transaction.grant.create({
      data: {
        ...{ id, clientId, serviceId, startsAt, endsAt, createdAt: now, createdBy: actor.name, version: 1 },
        paths: JSON.stringify(paths),
        methods: JSON.stringify(methods),
      },
    });
    await noteClientChange(transaction, clientId);
    await appendAudit(transaction, actor, now, {
      action: "grant.created",
      object: { kind: "client", id: clientId, name: client.name },
      details: { grant: id, service: service.name, serviceId, paths, methods, startsAt, endsAt },
    });
  });
  return id;
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
