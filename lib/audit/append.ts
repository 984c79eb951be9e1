import { type AuditFacts, chain } from "#lib/audit/chain.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Transaction } from "#lib/database.ts";

/** What a domain function tells about a change; the actor and the place in the chain are added. */
export interface AuditEntry {
  /** Stable code `noun.verb-in-past`, e.g. `profile.changed`. */
  action: string;
  object: { kind: string; id: string; name: string };
  outcome?: AuditFacts["outcome"];
  /** Before and after, parameters, reasons; never a secret. */
  details?: Record<string, unknown>;
}

/**
 * Writes audit events in the transaction of the change they tell of.
 *
 * @param transaction the writing transaction (it holds the write lock, so the chain cannot fork)
 * @param actor who did it
 * @param at when, whole seconds
 * @param entries in the order in which they happened
 */
export async function appendAudit(
  transaction: Transaction,
  actor: Actor,
  at: Date,
  ...entries: AuditEntry[]
): Promise<void> {
  const ground = await transaction.ground.findUniqueOrThrow({ where: { id: 1 } });
  const events = chain(
    ground,
    entries.map((entry) => auditFacts(actor, at, entry)),
  );
  const newest = events.at(-1);
  if (newest === undefined) return;
  await transaction.auditEvent.createMany({ data: events });
  await transaction.ground.update({
    where: { id: 1 },
    data: { auditSequence: newest.sequence, auditHead: newest.hash },
  });
}

/** An entry as the chain stores it. */
export function auditFacts(actor: Actor, at: Date, entry: AuditEntry): AuditFacts {
  return {
    at,
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    action: entry.action,
    objectKind: entry.object.kind,
    objectId: entry.object.id,
    objectName: entry.object.name,
    outcome: entry.outcome ?? "done",
    requestId: actor.requestId ?? "",
    details: JSON.stringify(entry.details ?? {}),
  };
}
