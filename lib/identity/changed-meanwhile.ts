import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";

/**
 * The refusal for the second of two people who change the same thing, naming the first.
 *
 * @param object as audit events name it
 */
export async function changedMeanwhile(
  transaction: Transaction,
  object: { kind: string; id: string; name: string },
): Promise<DomainError> {
  const newest = await transaction.auditEvent.findFirst({
    where: { objectKind: object.kind, objectId: object.id, outcome: "done" },
    orderBy: { sequence: "desc" },
    select: { actorName: true },
  });
  const who = newest === null ? "" : ` by ${newest.actorName}`;
  return new DomainError(
    "conflict",
    `${object.name} was changed${who} while you looked at it: see what it is now, then decide again.`,
  );
}
