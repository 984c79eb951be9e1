import { type AuditEntry, auditFacts } from "#lib/audit/append.ts";
import { type AuditFacts, chain } from "#lib/audit/chain.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { DriverTransaction } from "#lib/driver.ts";

/**
 * As `appendAudit`, in a transaction of a connection of one's own (lib/driver.ts).
 *
 * @param transaction holds the write lock, so the chain cannot fork
 * @param at whole seconds
 */
export async function appendEvents(
  transaction: DriverTransaction,
  actor: Actor,
  at: Date,
  entries: readonly AuditEntry[],
): Promise<void> {
  await appendFacts(
    transaction,
    entries.map((entry) => auditFacts(actor, at, entry)),
  );
}

/** The same for events of several actors. @param facts from `auditFacts`, in the order in which they happened */
export async function appendFacts(
  transaction: DriverTransaction,
  facts: readonly AuditFacts[],
): Promise<void> {
  const [ground] = await transaction.all('SELECT "auditSequence", "auditHead" FROM "Ground" WHERE "id" = 1');
  const events = chain(
    { auditSequence: Number(ground?.auditSequence), auditHead: String(ground?.auditHead) },
    facts,
  );
  const newest = events.at(-1);
  if (newest === undefined) return;
  await transaction.insert(
    "AuditEvent",
    events.map((event) => ({ ...event })),
  );
  await transaction.run('UPDATE "Ground" SET "auditSequence" = ?, "auditHead" = ? WHERE "id" = 1', [
    newest.sequence,
    newest.hash,
  ]);
}
