import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { type SqlSteps, sqlSteps } from "#lib/sql-steps.ts";
import { believedTime } from "./believed-time.ts";
import {
  batchMark,
  eventRows,
  forgetNotUnderstood,
  knownBatch,
  notUnderstoodRows,
  rollupRows,
} from "./event-tables.ts";
import { changeRows, forgetOldChanges } from "./failure-changes.ts";
import { amongOthers, isStranger, type PlacedEvent, placedEvents } from "./failure-group.ts";
import { type FailureRow, failureRows, readFailures } from "./failure-row.ts";
import { HANDSHAKES_MAX, type HandshakeBatch, type LineCounts } from "./handshake-batch.ts";
import {
  elements,
  isAmong,
  isAmongRows,
  type JsonInsert,
  type OtherStatement,
  type Provider,
  runTogether,
} from "./json-rows.ts";
import { idsOfCandidates, resolvedBySuccess, type Success } from "./self-resolution.ts";
import { touchedFailures } from "./touched-failures.ts";

/** What became of a batch. */
export interface StoredBatch extends LineCounts {
  /** It was stored before; nothing was changed. The counts are those of then. */
  repeated: boolean;
  /** Ids of failures that began, came back, or were resolved by it. */
  began: string[];
  reopened: string[];
  resolved: string[];
}

/**
 * Stores a batch, all of it or nothing: events, the failures that they form, what is resolved by handshakes that went
 * well, and the counts. When it resolves, all that is durable, so that the sender may be told; a batch that comes again
 * changes nothing.
 *
 * @throws DomainError `tooLarge` for more than HANDSHAKES_MAX handshakes of a kind
 */
export async function storeEvents(
  { database, clock }: Pick<Installation, "database" | "clock">,
  batch: HandshakeBatch,
): Promise<StoredBatch> {
  const { provider } = database.target;
  const rows = batchRows(provider, batch, clock.now().getTime());
  return database.write(async (transaction) => {
    const steps = sqlSteps(database, transaction);
    const known = await repeatedBatch(steps, rows);
    if (known !== null) return known;
    const stored = await storeRows(steps, provider, rows);
    if (stored === null) throw new Error("a batch could not be stored as a whole");
    return stored;
  });
}

/** What became of a batch that was stored before; null when it was not. */
export async function repeatedBatch(
  steps: Pick<SqlSteps, "all">,
  { proxyId, batchId }: Pick<HandshakeBatch, "proxyId" | "batchId">,
): Promise<StoredBatch | null> {
  const counts = batchId === null ? null : await knownBatch(steps, { proxyId, batchId });
  return counts && { ...counts, repeated: true, began: [], reopened: [], resolved: [] };
}

/** A batch, made into rows as far as that goes without reading any. Goes from thread to thread. */
export interface BatchRows extends Pick<HandshakeBatch, "proxyId" | "batchId" | "counts"> {
  /** In milliseconds. */
  receivedAt: number;
  events: readonly PlacedEvent[];
  succeeded: readonly Success[];
  notUnderstood: JsonInsert;
  /** What is to be done in the same step. */
  also: readonly (JsonInsert | OtherStatement)[];
}

/**
 * Does for a batch what can be done before the write lock is held.
 *
 * @param receivedAt in milliseconds
 * @throws DomainError `tooLarge`
 */
export function batchRows(
  provider: Provider,
  batch: HandshakeBatch,
  receivedAt: number,
  also: BatchRows["also"] = [],
): BatchRows {
  const { proxyId, batchId, counts, failed, succeeded } = batch;
  if (Math.max(failed.length, succeeded.length) > HANDSHAKES_MAX) {
    throw new DomainError("tooLarge", `At most ${HANDSHAKES_MAX} handshakes are stored at once.`);
  }
  return {
    ...{ proxyId, batchId, counts, receivedAt, also },
    events: placedEvents(provider, proxyId, failed, receivedAt),
    succeeded: succeeded.map((handshake) => ({ ...handshake, at: believedTime(handshake, receivedAt) })),
    notUnderstood: notUnderstoodRows(batch, receivedAt),
  };
}

/**
 * Stores them within a transaction, which holds the write lock: for whoever has a connection of its own. As few statements
 * as can be, since others wait meanwhile: PostgreSQL gets one to read and one to write. That the batch is a new one shows
 * when it is written, as they mostly are.
 *
 * @returns null when it was stored before, or what goes with it cannot be done: then nothing of the transaction may stay
 */
export async function storeRows(
  steps: SqlSteps,
  provider: Provider,
  batch: BatchRows,
): Promise<StoredBatch | null> {
  const { proxyId, receivedAt, events: told, succeeded, notUnderstood, also } = batch;
  const before = await failuresConcerned(steps, provider, proxyId, told, succeeded);
  const found = new Map([...before.values()].map((row) => [row.key, row]));
  const events = await withoutCrowds(steps, provider, told, found);
  const { rows, changes } = touchedFailures(events, found, receivedAt);
  const written = new Map<string, FailureRow>([...rows.values()].map((row) => [row.id, row]));
  const resolved = resolvedBySuccess(succeeded, new Map([...before, ...written]).values());
  for (const row of resolved.rows) written.set(row.id, row);
  const allChanges = [...changes, ...resolved.changes];
  const isWhole = await runTogether(steps, provider, [
    batchMark(batch, receivedAt),
    ...also,
    ...failureRows([...written.values()], before),
    ...eventRows(events, rows, before),
    ...rollupRows(proxyId, events, rows, succeeded),
    changeRows(allChanges),
    notUnderstood,
  ]);
  if (!isWhole) return null;
  await forgetOldChanges(steps, provider, allChanges);
  if (notUnderstood.rows.length > 0) await forgetNotUnderstood(steps, proxyId);
  return {
    ...batch.counts,
    repeated: false,
    began: [...rows.values()].filter(({ isNew }) => isNew).map(({ id }) => id),
    reopened: changes.map(({ failureId }) => failureId),
    resolved: resolved.changes.map(({ failureId }) => failureId),
  };
}

/**
 * Failures of which events may be, those in which the strangers among them may be counted, and those that successes may
 * resolve.
 *
 * @returns by id
 */
async function failuresConcerned(
  steps: SqlSteps,
  provider: Provider,
  proxyId: string,
  events: readonly PlacedEvent[],
  successes: readonly Success[],
): Promise<Map<string, FailureRow>> {
  const known = new Map<string, string>();
  const keys = new Set(events.map(({ key }) => key));
  for (const event of events) if (isStranger(event)) keys.add(amongOthers(event, known).key);
  const candidates = idsOfCandidates(provider, proxyId, successes);
  const ids = candidates.map(({ sql }) => sql).join(" UNION ");
  const conditions = [
    ...(keys.size === 0 ? [] : [isAmong(provider, '"f"."key"')]),
    ...(candidates.length === 0 ? [] : [isAmongRows(provider, '"f"."id"', ids)]),
  ];
  if (conditions.length === 0) return new Map();
  const rows = await readFailures(steps, conditions.join(" OR "), [
    ...(keys.size === 0 ? [] : [JSON.stringify([...keys])]),
    ...candidates.flatMap(({ parameters }) => parameters),
  ]);
  return new Map(rows.filter((row) => row.proxyId === proxyId).map((row) => [row.id, row]));
}

/** Strangers, of each service and cause at one proxy, that are told apart by their names. */
export const STRANGERS_MAX = 500;

/** Where some were too many so recently, they are not counted again. */
const FULL_MS = 3_600_000;

/** Scanners come with a new name each time; the ones too many are one failure. */
async function withoutCrowds(
  steps: SqlSteps,
  provider: Provider,
  events: readonly PlacedEvent[],
  found: ReadonlyMap<string, FailureRow>,
): Promise<readonly PlacedEvent[]> {
  const strangers = events.filter((event) => isStranger(event) && !found.has(event.key));
  if (strangers.length === 0) return events;
  const crowds = [...Map.groupBy(strangers, ({ serviceId, cause }) => `${cause} ${serviceId}`).values()];
  const known = new Map<string, string>();
  const isFull = ([one]: readonly PlacedEvent[]) => {
    const others = one === undefined ? undefined : found.get(amongOthers(one, known).key);
    return others !== undefined && one !== undefined && one.at - others.lastSeenAt < FULL_MS;
  };
  const { full = [], open = [] } = Object.groupBy(crowds, (crowd) => (isFull(crowd) ? "full" : "open"));
  const counts = await countedStrangers(steps, provider, open);
  const tooMany = new Set<string>();
  for (const crowd of full) for (const { key } of crowd) tooMany.add(key);
  for (const [place, crowd] of open.entries()) {
    const keys = [...new Set(crowd.map(({ key }) => key))];
    for (const key of keys.slice(Math.max(0, STRANGERS_MAX - (counts[place] ?? 0)))) tooMany.add(key);
  }
  if (tooMany.size === 0) return events;
  return events.map((event) => (tooMany.has(event.key) ? amongOthers(event, known) : event));
}

/** How many there are already of each crowd, up to the bound. */
async function countedStrangers(
  steps: SqlSteps,
  provider: Provider,
  crowds: readonly (readonly PlacedEvent[])[],
): Promise<number[]> {
  const [first] = crowds.flat();
  if (first === undefined) return [];
  const rows = await steps.all(
    `SELECT (SELECT count(*) FROM (SELECT 1 FROM "Failure" WHERE "proxyId" = ? AND "clientId" = ''
         AND "serviceId" = "given".value ->> 0 AND "cause" = "given".value ->> 1 LIMIT ${STRANGERS_MAX}) AS "some") AS "n"
     FROM ${elements(provider)} AS "given"`,
    [first.proxyId, JSON.stringify(crowds.map(([one]) => [one?.serviceId ?? "", one?.cause ?? ""]))],
  );
  return rows.map(({ n }) => Number(n));
}
