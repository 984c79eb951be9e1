import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";

/**
 * A text that becomes another one when a list of failures does: an event was stored or forgotten, or a failure came into
 * another state or into other hands. It reads two rows, however many there are, since open screens ask each second.
 *
 * @throws DomainError `forbidden`
 */
export async function failuresMark({ database: { read } }: Installation, actor: Actor): Promise<string> {
  authorize(actor, "failure:read");
  const [stock, change] = await Promise.all([
    read.eventStock.findUnique({ where: { id: 1 }, select: { events: true } }),
    read.failureChange.findFirst({ orderBy: { id: "desc" }, select: { id: true } }),
  ]);
  return `${stock?.events ?? 0}-${change?.id ?? ""}`;
}

/** The same for one failure. @throws DomainError `forbidden`, `notFound` */
export async function failureMark(
  { database: { read } }: Installation,
  actor: Actor,
  id: string,
): Promise<string> {
  authorize(actor, "failure:read");
  const select = { version: true, count: true, lastSuccessAt: true } as const;
  const row = isReference(id) ? await read.failure.findUnique({ where: { id }, select }) : null;
  if (row === null) throw new DomainError("notFound", "There is no such failure.");
  return `${row.version}-${row.count}-${row.lastSuccessAt?.getTime() ?? 0}`;
}
