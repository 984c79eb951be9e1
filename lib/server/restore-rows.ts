import type { AuditEntry } from "#lib/audit/append.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import type { StoredValue } from "#lib/database-snapshot.ts";
import type { LostDecisions } from "#lib/server/restore-decisions.ts";

/** A row as both drivers give it. */
export type StoredRow = Record<string, StoredValue>;

/** What was written into the new database, and what is to be done again. */
export interface CarriedPart {
  again: LostDecisions[];
  entries: AuditEntry[];
}

/** Why an event of a restore is there. */
export const BECAUSE = { because: "a backup was restored" } as const;

/**
 * Each row of the replaced database, with the one of the same id that the backup has.
 *
 * @param sql gives an `id` among others; a time as text; without WHERE
 * @param id the column in the new database's query that is the id
 */
export async function* pairsOf(
  replacement: Replacement,
  sql: string,
  id = '"id"',
): AsyncGenerator<{ before: StoredRow; now: StoredRow | undefined }> {
  for await (const slice of replacement.queryReplaced(sql)) {
    const ids = slice.map((row) => String(row.id));
    const rows = await replacement.query(`${sql} WHERE ${id} IN (${ids.map(() => "?").join(", ")})`, ids);
    const known = new Map(rows.map((row) => [String(row.id), row]));
    for (const before of slice) yield { before, now: known.get(String(before.id)) };
  }
}

/** A time as text: milliseconds in SQLite; in PostgreSQL one in UTC that does not say so. Null stays null. */
export function storedTime(value: StoredValue | undefined): number | null {
  if (value == null) return null;
  const text = String(value);
  return /^-?\d+$/.test(text) ? Number(text) : Date.parse(`${text.replace(" ", "T")}Z`);
}

/** Whether one end comes before another; null is no end. */
export function endsBefore(one: number | null, other: number | null): boolean {
  return one !== null && (other === null || one < other);
}
