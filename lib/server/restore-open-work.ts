import type { AuditEntry } from "#lib/audit/append.ts";
import type { Replacement } from "#lib/database-replacement.ts";

/**
 * Ends what stands open in a restored backup and would go on by itself: a link that was withdrawn or used since
 * would let somebody in again, and a bulk run would issue again what it issued since.
 *
 * @param at whole seconds
 * @returns what was ended, with the events that tell of it
 */
export async function endOpenWork(
  replacement: Replacement,
  at: Date,
): Promise<{ invitations: number; runs: number; entries: AuditEntry[] }> {
  const now = replacement.time(at);
  const open = `"acceptedAt" IS NULL AND "revokedAt" IS NULL`;
  const invitations = await replacement.query(`SELECT "id", "email" FROM "Invitation" WHERE ${open}`);
  await replacement.query(`UPDATE "Invitation" SET "revokedAt" = ? WHERE ${open}`, [now]);

  // Backups of the first versions know no bulk runs.
  const hasRuns = replacement.tables.some(({ name }) => name === "BulkRun");
  const unfinished = `"status" IN ('preparing', 'running')`;
  const runs = hasRuns
    ? await replacement.query(
        `SELECT "id", "kind", "total", "done", "failed" FROM "BulkRun" WHERE ${unfinished}`,
      )
    : [];
  if (hasRuns) {
    await replacement.query(
      `UPDATE "BulkRun" SET "status" = 'cancelled', "finishedAt" = ? WHERE ${unfinished}`,
      [now],
    );
  }
  const because = { because: "a backup was restored" };
  return {
    invitations: invitations.length,
    runs: runs.length,
    entries: [
      ...invitations.map(({ id, email }) => ({
        action: "invitation.revoked",
        object: { kind: "invitation", id: String(id), name: String(email) },
        details: because,
      })),
      ...runs.map(({ id, kind, total, done, failed }) => ({
        action: "bulk.cancelled",
        object: { kind: "bulk-run", id: String(id), name: `bulk ${kind}` },
        details: { total: Number(total), done: Number(done), failed: Number(failed), ...because },
      })),
    ],
  };
}
