import { addSeconds } from "#lib/clock.ts";
import type { Database } from "#lib/database.ts";
import { queryRows, timeOf, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** The newest certificates of the inventory, and how many there are in all. */
export interface RecentCertificates {
  count: number;
  /** When the newest came. */
  newest: Date;
  /** Ids of those that came shortly before it. */
  seen: ReadonlySet<string>;
  /** Those among them that are not issued yet. */
  pending: readonly string[];
  /** Issued since the last look. */
  added: string[];
}

/** What comes late by more than this (another machine's clock, an import that lasts) is found by the number. */
const BACK_SECONDS = 120;

/** More new ones than this at once are found by reading everything anew. */
const RECENT_MAX = 20_000;

/**
 * Looks what has come into the inventory: by an index, and by their number whether that was all.
 *
 * @param before what was known; null to begin, when nothing is taken for new
 * @returns null when more or others came than can be seen
 */
export async function recentCertificates(
  database: Database,
  before: RecentCertificates | null,
): Promise<RecentCertificates | null> {
  return database.snapshot(async (state) => {
    const { _sum } = await state.read.certificateCohort.aggregate({ _sum: { count: true } });
    const count = _sum.count ?? 0;
    const newestBefore = before?.newest ?? (await newestTime(state));
    const from = addSeconds(newestBefore, -BACK_SECONDS);
    const rows = await queryRows(
      state,
      `SELECT "id", "status", "createdAt" FROM "Certificate"
       WHERE "createdAt" >= ${timeParameter(state)} AND "cohortId" IS NOT NULL
       ORDER BY "createdAt", "id" LIMIT ${RECENT_MAX + 1}`,
      [timeValue(state, from)],
    );
    if (rows.length > RECENT_MAX) return before === null ? nothingRecent(count, newestBefore) : null;
    const unseen = before === null ? [] : rows.filter(({ id }) => !before.seen.has(String(id)));
    if (before !== null && unseen.length !== count - before.count) return null;
    const waiting = new Set(before?.pending);
    for (const { id, status } of before === null ? rows : unseen) {
      if (status === "reserved") waiting.add(String(id));
    }
    const pending = await stillPending(state, [...waiting]);
    const last = rows.at(-1);
    const newest = last === undefined ? newestBefore : timeOf(last.createdAt);
    const since = addSeconds(newest, -BACK_SECONDS);
    return {
      ...{ count, newest, pending },
      seen: new Set(rows.filter(({ createdAt }) => timeOf(createdAt) >= since).map(({ id }) => String(id))),
      added: [
        ...unseen.map(({ id }) => String(id)).filter((id) => !waiting.has(id)),
        ...[...waiting].filter((id) => !pending.includes(id)),
      ],
    };
  });
}

/** So many came at once that the next look finds the number wrong, and reads everything. */
const nothingRecent = (count: number, newest: Date): RecentCertificates => ({
  ...{ count, newest, seen: new Set<string>(), pending: [], added: [] },
});

async function newestTime(state: Database): Promise<Date> {
  const [row] = await queryRows(
    state,
    'SELECT "createdAt" FROM "Certificate" ORDER BY "createdAt" DESC LIMIT 1',
  );
  return row === undefined ? new Date(0) : timeOf(row.createdAt);
}

/** Those that are reserved and not issued; there are never more than are just being issued. */
async function stillPending({ read }: Database, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await read.certificate.findMany({
    where: { id: { in: ids }, status: "reserved" },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
