import { newId } from "#lib/id.ts";
import type { SqlSteps } from "#lib/sql-steps.ts";
import { EVENTS, eventRow } from "./event-row.ts";
import type { PlacedEvent } from "./failure-group.ts";
import type { FailureRow } from "./failure-row.ts";
import type { HandshakeBatch, LineCounts } from "./handshake-batch.ts";
import { type JsonInsert, type JsonRow, type JsonTable, storable } from "./json-rows.ts";
import type { Success } from "./self-resolution.ts";

/** Tables beside the failures: events, counts, batches, and lines that were not understood. */

/**
 * Events, the certificates by which their failures were seen, and how many there are.
 *
 * @param rows failures by the key of their events
 * @param before those that were there already, by id
 */
export function eventRows(
  events: readonly PlacedEvent[],
  rows: ReadonlyMap<string, FailureRow>,
  before: ReadonlyMap<string, FailureRow>,
): JsonInsert[] {
  let size = 0;
  const certificates = new Map<string, { certificateId: string; failureId: string }>();
  const texts = events.map((event) => {
    const { key, certificateId, presentedName } = event;
    const failureId = rows.get(key)?.id ?? "";
    // The last one of a failure has been noted already.
    const isNew = certificateId !== null && before.get(failureId)?.certificateId !== certificateId;
    if (isNew) certificates.set(`${certificateId} ${failureId}`, { certificateId, failureId });
    size += event.size;
    return eventRow(event, { failureId, presentedName });
  });
  const seen = { table: CERTIFICATES, rows: [...certificates.values()], conflict: "DO NOTHING" };
  return [{ table: EVENTS, rows: [], texts }, seen, stockRow(texts.length, size)];
}

const CERTIFICATES: JsonTable = {
  name: "FailureCertificate",
  columns: { certificateId: "text", failureId: "text" },
};

const STOCK: JsonTable = {
  name: "EventStock",
  columns: { id: "integer", events: "integer", size: "integer" },
};

/** How many events there are more, or fewer; and bytes of their lines. */
export function stockRow(events: number, size: number): JsonInsert {
  return {
    table: STOCK,
    rows: events === 0 ? [] : [{ id: 1, events, size }],
    conflict: `("id") DO UPDATE SET
      "events" = "EventStock"."events" + excluded."events", "size" = "EventStock"."size" + excluded."size"`,
  };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const COUNT_MAX = 2_147_483_647;

const COUNTS: JsonTable = {
  name: "FailureCount",
  columns: { failureId: "text", hour: "time", count: "integer" },
};
const HOURS: JsonTable = {
  name: "FailureHour",
  columns: { hour: "time", cause: "text", proxyId: "text", serviceId: "text", count: "integer" },
};
const DAYS: JsonTable = {
  name: "FailureDay",
  columns: { day: "time", cause: "text", proxyId: "text", serviceId: "text", count: "integer" },
};

/** Events counted by the hour and by the day; what went well has the cause `none`. */
export function rollupRows(
  proxyId: string,
  events: readonly PlacedEvent[],
  rows: ReadonlyMap<string, FailureRow>,
  successes: readonly Success[],
): JsonInsert[] {
  const ofFailures = tallied(events, ({ key, at }) => ({
    failureId: rows.get(key)?.id ?? "",
    hour: at - (at % HOUR_MS),
  }));
  const counted = [...events, ...successes.map(({ at, serviceId }) => ({ at, serviceId, cause: "none" }))];
  const hours = tallied(counted, ({ at, cause, serviceId }) => ({
    ...{ hour: at - (at % HOUR_MS), cause, proxyId, serviceId },
  }));
  const days = tallied(counted, ({ at, cause, serviceId }) => ({
    ...{ day: at - (at % DAY_MS), cause, proxyId, serviceId },
  }));
  return [
    adding(COUNTS, ofFailures, '"failureId", "hour"'),
    adding(HOURS, hours, '"hour", "cause", "proxyId", "serviceId"'),
    adding(DAYS, days, '"day", "cause", "proxyId", "serviceId"'),
  ];
}

/** Adds to counts that are there, as much as the column holds. */
function adding(table: JsonTable, rows: readonly JsonRow[], key: string): JsonInsert {
  const [before, more] = [`"${table.name}"."count"`, `excluded."count"`];
  const conflict = `(${key}) DO UPDATE SET "count" =
    CASE WHEN ${before} > ${COUNT_MAX} - ${more} THEN ${COUNT_MAX} ELSE ${before} + ${more} END`;
  return { table, rows, conflict };
}

function tallied<T, K extends Record<string, string | number>>(
  all: readonly T[],
  keyOf: (each: T) => K,
): (K & { count: number })[] {
  const counts = new Map<string, K & { count: number }>();
  for (const each of all) {
    const key = keyOf(each);
    const text = Object.values(key).join(" ");
    const counted = counts.get(text);
    if (counted === undefined) counts.set(text, { ...key, count: 1 });
    else counted.count++;
  }
  return [...counts.values()];
}

const BATCHES: JsonTable = {
  name: "IngestBatch",
  columns: {
    ...{ proxyId: "text", batchId: "text", receivedAt: "time", taken: "integer", matched: "integer" },
    ...{ ignored: "integer", notUnderstood: "integer" },
  },
};

/** The counts of a batch that was stored before; null when it was not. */
export async function knownBatch(
  steps: Pick<SqlSteps, "all">,
  { proxyId, batchId }: { proxyId: string; batchId: string },
): Promise<LineCounts | null> {
  const [row] = await steps.all(
    'SELECT "taken", "matched", "ignored", "notUnderstood" FROM "IngestBatch" WHERE "proxyId" = ? AND "batchId" = ?',
    [proxyId, batchId],
  );
  if (row === undefined) return null;
  const { taken, matched, ignored, notUnderstood } = row;
  return {
    ...{ taken: Number(taken), matched: Number(matched) },
    ...{ ignored: Number(ignored), notUnderstood: Number(notUnderstood) },
  };
}

/** Marks a batch as stored, which it must not have been before. */
export function batchMark(
  { proxyId, batchId, counts }: Pick<HandshakeBatch, "proxyId" | "batchId" | "counts">,
  receivedAt: number,
): JsonInsert {
  const { taken, matched, ignored, notUnderstood } = counts;
  const rows =
    batchId === null ? [] : [{ proxyId, batchId, receivedAt, taken, matched, ignored, notUnderstood }];
  return { table: BATCHES, rows, conflict: "DO NOTHING", must: 1 };
}

const NOT_UNDERSTOOD: JsonTable = {
  name: "NotUnderstood",
  columns: { id: "text", proxyId: "text", receivedAt: "time", line: "text" },
};

/** Lines of one proxy that are kept, and how much of each. */
export const NOT_UNDERSTOOD_MAX = 20;
const LINE_SHOWN_MAX = 1_000;

/** Lines that nobody understood, for a person to see. */
export function notUnderstoodRows(
  { proxyId, notUnderstood }: Pick<HandshakeBatch, "proxyId" | "notUnderstood">,
  receivedAt: number,
): JsonInsert {
  const rows = notUnderstood.slice(-NOT_UNDERSTOOD_MAX).map((line) => ({
    ...{ id: newId(), proxyId, receivedAt },
    line: storable(line, LINE_SHOWN_MAX),
  }));
  return { table: NOT_UNDERSTOOD, rows };
}

/** Keeps the last ones of a proxy. */
export async function forgetNotUnderstood(steps: Pick<SqlSteps, "run">, proxyId: string): Promise<void> {
  await steps.run(
    `DELETE FROM "NotUnderstood" WHERE "proxyId" = ? AND "id" NOT IN
       (SELECT "id" FROM "NotUnderstood" WHERE "proxyId" = ? ORDER BY "id" DESC LIMIT ${NOT_UNDERSTOOD_MAX})`,
    [proxyId, proxyId],
  );
}
