import type { AuditEntry } from "#lib/audit/append.ts";
import type { Replacement } from "#lib/database-replacement.ts";

/**
 * Destroys the private keys that bulk runs of a restored backup kept until they were downloaded: since the
 * backup they may have been handed over and destroyed, and what is handed over once must not come back.
 *
 * @param at whole seconds
 * @returns how many there were, with the events that tell of it
 */
export async function destroyBulkKeys(
  replacement: Replacement,
  at: Date,
): Promise<{ bulkKeys: number; entries: AuditEntry[] }> {
  // Backups of the first versions know no bulk runs.
  if (!replacement.tables.some(({ name }) => name === "BulkItem")) return { bulkKeys: 0, entries: [] };
  const rows = await replacement.query(
    `SELECT run."id" AS "id", run."kind" AS "kind", run."parameters" AS "parameters", COUNT(*) AS "count"
     FROM "BulkItem" AS item JOIN "BulkRun" AS run ON run."id" = item."runId"
     WHERE item."sealed" IS NOT NULL GROUP BY run."id", run."kind", run."parameters" ORDER BY run."id"`,
  );
  await replacement.query(`UPDATE "BulkItem" SET "sealed" = NULL WHERE "sealed" IS NOT NULL`);
  let bulkKeys = 0;
  const entries: AuditEntry[] = [];
  for (const row of rows) {
    // As bulk-run.ts of the room of authorities writes them, in the version of the backup.
    const parameters = JSON.parse(String(row.parameters)) as {
      keys?: { because?: string; firstHandedOutAt?: string };
    };
    const keys = { ...parameters.keys, because: parameters.keys?.because ?? "restored" };
    const wiped = JSON.stringify({ ...parameters, keys: { ...keys, destroyedAt: at.toISOString() } });
    await replacement.query(`UPDATE "BulkRun" SET "parameters" = ? WHERE "id" = ?`, [wiped, String(row.id)]);
    bulkKeys += Number(row.count);
    entries.push({
      action: "bulk.keys-destroyed",
      object: { kind: "bulk-run", id: String(row.id), name: `bulk ${String(row.kind)}` },
      details: {
        because: keys.because,
        keys: Number(row.count),
        downloaded: parameters.keys?.firstHandedOutAt ?? null,
      },
    });
  }
  return { bulkKeys, entries };
}
