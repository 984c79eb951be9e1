import { setTimeout as pause } from "node:timers/promises";
import { addSeconds } from "#lib/clock.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { claimRun, finishRun } from "#lib/jobs/job-run.ts";
import { queryRows, sqlSteps } from "#lib/sql-steps.ts";
import { stockRow } from "./event-tables.ts";
import { passingBatchIds } from "./handshake-batch.ts";
import { isAmong, runTogether, timeMark, timeText } from "./json-rows.ts";

/** How much is kept; whichever is reached first. */
export interface Retention {
  /** Events, failures that did not come again, and counts by the hour and the day. */
  days: number;
  /** Events. */
  events: number;
  /** Bytes of their lines. */
  size: number;
}

export const RETENTION: Retention = { days: 90, events: 10_000_000, size: 8_000_000_000 };

/** So long after its lines were sent a sender that was switched off may send them again. */
const BATCH_DAYS = 30;
/** And so long this process itself, lines of senders that name no batches. */
const PASSING_BATCH_SECONDS = 6 * 3_600;
const COUNT_DAYS = 7;
/** Rollups by the hour go as far back as events; those by the day as far as charts. */
const HOUR_DAYS = 90;
const DAY_DAYS = 400;

/** Rows of one transaction, for which others wait. */
const SLICE = 250;
/** So long others have their turn after each. */
const PAUSE_MS = 10;
/** A round that takes longer ends, so that its claim never does before it: the next one goes on. */
const ROUND_MS = 5 * 60_000;
const ROUND_MAX_MS = ROUND_MS - 60_000;
const DAY_SECONDS = 86_400;

/**
 * Forgets the oldest events beyond what is kept, in slices, and all that became of them. One of all instances does it,
 * every five minutes.
 *
 * @param signal ends it between two slices; the next round goes on
 * @returns whether there is more than this round had time for
 */
export async function forgetOldEvents(
  installation: Installation,
  signal?: AbortSignal,
  retention: Retention = RETENTION,
  roundMs = ROUND_MAX_MS,
): Promise<boolean> {
  const { database, clock } = installation;
  const key = `forget-events@${Math.floor(clock.now().getTime() / ROUND_MS)}`;
  const run = await claimRun(installation, key, newId(), ROUND_MS);
  if (run === null) return false;
  const until = performance.now() + roundMs;
  // In turn, so that a flood of one kind does not keep the others.
  let open = [
    () => forgetEvents(installation, retention),
    () => forgetPassingBatches(installation, signal),
    () => forgetRows(installation, "IngestBatch", '"proxyId", "batchId"', "receivedAt", BATCH_DAYS),
    () => forgetRows(installation, "FailureCount", '"failureId", "hour"', "hour", COUNT_DAYS),
    () =>
      forgetRows(installation, "FailureHour", '"hour", "cause", "proxyId", "serviceId"', "hour", HOUR_DAYS),
    () => forgetRows(installation, "FailureDay", '"day", "cause", "proxyId", "serviceId"', "day", DAY_DAYS),
    () => forgetFailures(installation, retention.days),
  ];
  while (open.length > 0 && !signal?.aborted) {
    const further: typeof open = [];
    for (const forget of open) {
      if (!signal?.aborted && (await forget()) === SLICE) further.push(forget);
      await pause(PAUSE_MS);
    }
    open = further;
    if (performance.now() >= until) break;
  }
  await database.write((transaction) => finishRun(transaction, run, clock.now()));
  return open.length > 0;
}

/** @returns how many it took away */
function forgetEvents({ database, clock }: Installation, { days, events, size }: Retention): Promise<number> {
  const { provider } = database.target;
  const before = addSeconds(clock.now(), -days * DAY_SECONDS).getTime();
  return database.write(async (transaction) => {
    const steps = sqlSteps(database, transaction);
    const [stock] = await steps.all('SELECT "events", "size" FROM "EventStock" WHERE "id" = 1');
    const tooMany = Number(stock?.events ?? 0) - events;
    const tooLarge = Number(stock?.size ?? 0) - size;
    const oldest = await steps.all(
      `SELECT "id", "at" < ${timeMark(provider)} AS "isOld", octet_length("lines") AS "size"
       FROM "HandshakeEvent" ORDER BY "at" LIMIT ${SLICE}`,
      [timeText(provider, before)],
    );
    let freed = 0;
    const gone: string[] = [];
    for (const { id, isOld, size: length } of oldest) {
      if (!isOld && gone.length >= tooMany && freed >= tooLarge) break;
      gone.push(String(id));
      freed += Number(length);
    }
    if (gone.length === 0) return 0;
    await runTogether(steps, provider, [
      {
        sql: `DELETE FROM "HandshakeEvent" WHERE ${isAmong(provider, '"id"')}`,
        parameters: [JSON.stringify(gone)],
      },
      stockRow(-gone.length, -freed),
    ]);
    return gone.length;
  });
}

/** @returns how many it took away */
function forgetRows(
  { database, clock }: Installation,
  table: string,
  key: string,
  time: string,
  days: number,
): Promise<number> {
  const { provider } = database.target;
  const before = addSeconds(clock.now(), -days * DAY_SECONDS).getTime();
  return database.write((transaction) =>
    sqlSteps(database, transaction).run(
      `DELETE FROM "${table}" WHERE (${key}) IN
         (SELECT ${key} FROM "${table}" WHERE "${time}" < ${timeMark(provider)} ORDER BY "${time}" LIMIT ${SLICE})`,
      [timeText(provider, before)],
    ),
  );
}

/**
 * Batches without a name of their sender's, of one proxy after the other, whose ids sort by their time.
 *
 * @returns a slice when there may be more
 */
async function forgetPassingBatches(
  { database, clock }: Installation,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { provider } = database.target;
  const range = passingBatchIds(addSeconds(clock.now(), -PASSING_BATCH_SECONDS).getTime());
  const proxies = await queryRows(database, 'SELECT "proxyId" FROM "ProxyLog"');
  let most = 0;
  for (const { proxyId = "" } of proxies) {
    if (signal?.aborted) break;
    const rows = await queryRows(
      database,
      `SELECT "batchId" FROM "IngestBatch" WHERE "proxyId" = ? AND "batchId" >= ? AND "batchId" < ? LIMIT ${SLICE}`,
      [proxyId, ...range],
    );
    if (rows.length === 0) continue;
    most = Math.max(most, rows.length);
    await database.write((transaction) =>
      sqlSteps(database, transaction).run(
        `DELETE FROM "IngestBatch" WHERE "proxyId" = ? AND ${isAmong(provider, '"batchId"')}`,
        [proxyId, JSON.stringify(rows.map(({ batchId }) => batchId))],
      ),
    );
    await pause(PAUSE_MS);
  }
  return most;
}

/** No heat is further from the last event than the logarithm of so many at once, and what a rank adds. */
const RANK_SLACK = 31 + 4 + 1;

/** @returns how many it took away */
function forgetFailures({ database, clock }: Installation, days: number): Promise<number> {
  const { provider } = database.target;
  const before = addSeconds(clock.now(), -days * DAY_SECONDS).getTime();
  return database.write((transaction) =>
    sqlSteps(database, transaction).run(
      // The rank only finds them by an index.
      `DELETE FROM "Failure" WHERE "id" IN
         (SELECT "id" FROM "Failure" WHERE "state" IN ('open', 'resolved', 'muted')
            AND "rank" < CAST(? AS double precision) AND "lastSeenAt" < ${timeMark(provider)} LIMIT ${SLICE})`,
      [before / HOUR_MS + RANK_SLACK, timeText(provider, before)],
    ),
  );
}

const HOUR_MS = 3_600_000;
