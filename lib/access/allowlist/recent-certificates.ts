import { addSeconds } from "#lib/clock.ts";
import type { Database } from "#lib/database.ts";
import type { Row } from "#lib/driver.ts";
import { queryRows, timeOf, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** The newest certificates of the inventory, and how many there are in all. */
export interface RecentCertificates {
  count: number;
  /** Since then all are known that came. */
  from: Date;
  seen: ReadonlySet<string>;
  /** Those among them that are not issued yet. */
  pending: readonly string[];
  /** Issued since the last look. */
  added: string[];
}

/**
 * What comes late by more than this (another machine's clock, an import that lasts) is found by the number. Where too
 * many came in this time, less must do.
 */
const BACK_SECONDS = [120, 5] as const;

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
    if (before === null) return beginning(state, count);
    const rows = await rowsSince(state, before.from);
    const unseen = rows.filter(({ id }) => !before.seen.has(String(id)));
    if (rows.length > RECENT_MAX || unseen.length !== count - before.count) return null;
    const waiting = new Set([...before.pending, ...reservedOf(unseen)]);
    const pending = await stillPending(state, [...waiting]);
    const back = BACK_SECONDS[rows.length > RECENT_MAX / 2 ? 1 : 0];
    const newest = timeOf(rows.at(-1)?.createdAt ?? before.from).getTime();
    const from = new Date(Math.max(newest - back * 1000, before.from.getTime()));
    return {
      ...{ count, from, pending },
      seen: idsOf(rows.filter(({ createdAt }) => timeOf(createdAt) >= from)),
      added: [
        ...[...idsOf(unseen)].filter((id) => !waiting.has(id)),
        ...[...waiting].filter((id) => !pending.includes(id)),
      ],
    };
  });
}

async function beginning(state: Database, count: number): Promise<RecentCertificates> {
  const newest = await newestTime(state);
  for (const back of BACK_SECONDS) {
    const from = addSeconds(newest, -back);
    const rows = await rowsSince(state, from);
    if (rows.length <= RECENT_MAX)
      return { count, from, seen: idsOf(rows), pending: reservedOf(rows), added: [] };
  }
  // The next look finds the number wrong, and everything is read again.
  return { count, from: newest, seen: new Set(), pending: [], added: [] };
}

function rowsSince(state: Database, from: Date): Promise<Row[]> {
  return queryRows(
    state,
    `SELECT "id", "status", "createdAt" FROM "Certificate"
     WHERE "createdAt" >= ${timeParameter(state)} AND "cohortId" IS NOT NULL
     ORDER BY "createdAt", "id" LIMIT ${RECENT_MAX + 1}`,
    [timeValue(state, from)],
  );
}

async function newestTime(state: Database): Promise<Date> {
  const [row] = await queryRows(
    state,
    'SELECT "createdAt" FROM "Certificate" ORDER BY "createdAt" DESC LIMIT 1',
  );
  return row === undefined ? new Date(0) : timeOf(row.createdAt);
}

const idsOf = (rows: readonly Row[]) => new Set(rows.map(({ id }) => String(id)));

/** Counted already, but not issued. */
const reservedOf = (rows: readonly Row[]) => [...idsOf(rows.filter(({ status }) => status === "reserved"))];

/** There are never more than are just being issued. */
async function stillPending({ read }: Database, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await read.certificate.findMany({
    where: { id: { in: ids }, status: "reserved" },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
