import type { DriverConnection } from "#lib/driver.ts";
import { DomainError } from "#lib/errors.ts";
import { log } from "#lib/log.ts";
import { linesOfEvent } from "./event-row.ts";
import { type BatchRows, batchRows, repeatedBatch, type StoredBatch, storeRows } from "./event-store.ts";
import type { HandshakeBatch } from "./handshake-batch.ts";
import { type HeldLine, heldLineRows, heldLinesGone } from "./held-lines.ts";
import type { Provider } from "./json-rows.ts";
import type { LoggingProxy } from "./observation.ts";
import { proxyLogRow } from "./proxy-log.ts";

/** What came of some lines of a proxy, to be stored together. */
export interface FinishedPortion {
  batch: HandshakeBatch;
  misfit: LoggingProxy | null;
  /** Ids of the lines that were kept before, and all that are kept from now on. */
  held: readonly string[];
  waiting: readonly HeldLine[];
  /** In milliseconds. */
  now: number;
}

/** The same as rows. Goes from thread to thread. */
export interface PortionRows extends Pick<FinishedPortion, "misfit" | "held"> {
  rows: BatchRows;
}

/** Does for a portion what can be done before the write lock is held. */
export function portionRows(
  provider: Provider,
  { batch, misfit, held, waiting, now }: FinishedPortion,
): PortionRows {
  const { proxyId, batchId, counts, failed, succeeded } = batch;
  const signs = { proxyId, counts, misfit, failed, succeeded: succeeded.length };
  const also = [
    ...heldLinesGone(provider, proxyId, held, waiting),
    heldLineRows(proxyId, held, waiting),
    ...(batchId !== null || failed.length > 0 ? [proxyLogRow(signs, now)] : []),
  ];
  return { ...{ misfit, held }, rows: batchRows(provider, batch, now, also) };
}

/**
 * Stores what came of lines, each portion for itself or, which is the same and waits for the disk once, several by one
 * transaction. What a database does not take, by a fault of ours, is stored as lines that were not understood: else its
 * sender would bring it again and again, and nothing behind it would come in.
 *
 * @returns of each portion in turn, as soon as it is known, what became of it; null when another process has taken the
 *   lines that were kept: then nothing of it was stored
 */
export async function* storePortions(
  connection: DriverConnection,
  portions: readonly PortionRows[],
): AsyncGenerator<PromiseSettledResult<StoredBatch | null>> {
  if (portions.length > 1) {
    const [together] = await Promise.allSettled([stored(connection, portions)]);
    // What no portion is to blame for would fail each of them in turn, and each would wait for it.
    if (together.status === "rejected" && isUnavailable(together.reason)) {
      for (const _ of portions) yield together;
      return;
    }
    if (together.status === "fulfilled" && together.value !== null) {
      for (const value of together.value) yield { status: "fulfilled", value };
      return;
    }
  }
  for (const portion of portions) {
    const known = portions.length > 1 ? repeatedBatch(connection, portion.rows) : Promise.resolve(null);
    const [result] = await Promise.allSettled([
      known.then((repeated) => repeated ?? storePortion(connection, portion)),
    ]);
    yield result;
  }
}

/** As `storePortions`, of one. */
export async function storePortion(
  connection: DriverConnection,
  portion: PortionRows,
): Promise<StoredBatch | null> {
  const alone = async (of: PortionRows) => {
    const [outcome] = (await stored(connection, [of])) ?? [await repeatedBatch(connection, of.rows)];
    return outcome ?? null;
  };
  try {
    return await alone(portion);
  } catch (error) {
    if (!isOfData(error)) throw error;
    const [unread] = await Promise.allSettled([alone(unreadPortion(connection.provider, portion))]);
    const wasThere = unread.status === "fulfilled" && (unread.value?.repeated ?? true);
    if (!wasThere) log("handshake").error({ err: error }, "what came of lines could not be stored");
    if (unread.status === "rejected") throw unread.reason;
    return unread.value;
  }
}

/** @returns null when one of them was stored before, or others took the lines that were kept: then none is stored */
async function stored(
  connection: DriverConnection,
  portions: readonly PortionRows[],
): Promise<StoredBatch[] | null> {
  try {
    return await connection.transaction(async (steps) => {
      const outcomes: StoredBatch[] = [];
      for (const { rows } of portions) {
        const outcome = await storeRows(steps, connection.provider, rows);
        if (outcome === null) throw new Undone();
        outcomes.push(outcome);
      }
      return outcomes;
    });
  } catch (error) {
    if (error instanceof Undone) return null;
    throw error;
  }
}

/** The same lines, of which nothing is made. */
function unreadPortion(provider: Provider, { rows, misfit, held }: PortionRows): PortionRows {
  const { proxyId, batchId, events, notUnderstood, receivedAt } = rows;
  const { taken } = rows.counts;
  const lines = [...notUnderstood.rows.map(({ line }) => String(line)), ...events.flatMap(linesOfEvent)];
  const counts = { taken, matched: 0, ignored: 0, notUnderstood: taken };
  const batch = { proxyId, batchId, counts, failed: [], succeeded: [], notUnderstood: lines };
  return portionRows(provider, { batch, misfit, held, waiting: [], now: receivedAt });
}

/** PostgreSQL's classes of faults of data, constraints and limits; and what SQLite calls them. */
const OF_DATA = /^(?:2[23]|54)[0-9A-Z]{3}$|^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG)/;

/** Whether it would come again: not because of the disk, the connection, a lock, or a model of another version. */
function isOfData(error: unknown): boolean {
  return error instanceof Error && OF_DATA.test(String((error as NodeJS.ErrnoException).code));
}

/** The database could not be reached, or its lock not be had. */
function isUnavailable(error: unknown): boolean {
  return error instanceof DomainError && error.code === "unavailable";
}

/** Undoes the transaction. */
class Undone extends Error {}
