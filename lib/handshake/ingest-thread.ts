import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { openDatabase } from "#lib/database.ts";
import { openDriver } from "#lib/driver.ts";
import { portableError } from "#lib/portable-error.ts";
import { proxiesWithHeldLines, QUIET_MS } from "./held-lines.ts";
import type { IngestAnswer, IngestJob, IngestReply, IngestThreadData, SentLines } from "./ingest.ts";
import { type LaneGround, ProxyLane } from "./proxy-lane.ts";
import { withQuickReads } from "./quick-reads.ts";
import { readLines } from "./read-lines.ts";
import { startStoring } from "./storing.ts";
import { unpackedBody } from "./unpacked-body.ts";

/**
 * The thread that takes lines in, with connections of its own: reading and diagnosing them keeps nobody waiting whom the
 * other thread answers. What came of them is stored by a further one.
 */

/** Unpacked, and lines of one body. */
const UNPACKED_BYTES_MAX = 32 * 1024 * 1024;
const LINES_MAX = 100_000;

/** Bodies that are worked on at once, each of another proxy: they wait for the database, or for each other. */
const AT_ONCE = 4;

/** A timer may ring a little early. */
const SETTLE_AFTER_MS = QUIET_MS + 20;

/** So often it is looked for lines that another process kept and, killed, did not come back to. */
const ORPHANS_EVERY_MS = 5_000;

/** Of the scheduler, where there is one for each thread: decisions go before. */
const PRIORITY = 5;

try {
  setPriority(0, PRIORITY);
} catch {
  // Where it may not, it is a thread like any other.
}

/** For what diagnoses ask. */
const READ_CACHE_MB = 16;

const { database: target } = workerData as IngestThreadData;
const connection = await openDriver(target, READ_CACHE_MB);
const database = withQuickReads(openDatabase(target), connection);
// Without it nothing is to be done here: whoever started this thread starts another one.
const storing = startStoring(target, (error) => {
  throw error;
});
const ground: LaneGround = { database, connection, now: Date.now, store: storing.store };
const lanes = new Map<string, ProxyLane>();
const settling = new Map<string, NodeJS.Timeout>();

const queue: Exclude<IngestJob, "end">[] = [];
/** Proxies of which a body is worked on: a flood of one has one place, whatever else waits. */
const working = new Set<string>();
/** Settling and looking for lines that were left. */
const besides = new Set<Promise<void>>();
let ending = false;

async function answered(sent: SentLines): Promise<IngestAnswer> {
  const { proxyId, batchId, body, contentType, contentEncoding } = sent;
  const { lines, cut } = readLines(await unpackedBody(body, contentEncoding, UNPACKED_BYTES_MAX), {
    contentType,
    linesMax: LINES_MAX,
  });
  const answer = await laneOf(proxyId).take(batchId, lines);
  settleLater(proxyId);
  return { ...answer, cut };
}

function laneOf(proxyId: string): ProxyLane {
  let lane = lanes.get(proxyId);
  if (lane === undefined) {
    lane = new ProxyLane(ground, proxyId);
    lanes.set(proxyId, lane);
  }
  return lane;
}

function settleLater(proxyId: string): void {
  if (ending) return;
  clearTimeout(settling.get(proxyId));
  settling.set(
    proxyId,
    setTimeout(() => beside(settle(proxyId)), SETTLE_AFTER_MS),
  );
}

async function settle(proxyId: string): Promise<void> {
  settling.delete(proxyId);
  const lane = laneOf(proxyId);
  try {
    await lane.settle();
  } catch {
    // They are kept: whatever was wrong, the next round finds them again.
  }
  if (lane.isIdle) lanes.delete(proxyId);
  else if (!settling.has(proxyId)) settleLater(proxyId);
}

async function settleOrphans(): Promise<void> {
  try {
    for (const proxyId of await proxiesWithHeldLines(connection)) {
      if (!settling.has(proxyId)) settleLater(proxyId);
    }
  } catch {
    // The database is away; the next round looks again.
  }
}

/** What is done besides answering must not be cut off in the middle when the thread ends. */
function beside(work: Promise<void>): void {
  besides.add(work);
  void work.finally(() => besides.delete(work));
}

function next(): void {
  while (working.size < AT_ONCE) {
    const place = queue.findIndex(({ sent: { proxyId } }) => !working.has(proxyId));
    const [job] = place < 0 ? [] : queue.splice(place, 1);
    if (job === undefined) break;
    working.add(job.sent.proxyId);
    void answered(job.sent)
      .then(
        (answer): IngestReply => ({ id: job.id, answer }),
        (error: unknown): IngestReply => ({ id: job.id, error: portableError(error) }),
      )
      .then((reply) => {
        parentPort?.postMessage(reply);
        working.delete(job.sent.proxyId);
        next();
      });
  }
  if (ending && working.size === 0) void end();
}

const orphans = setInterval(() => beside(settleOrphans()), ORPHANS_EVERY_MS);
beside(settleOrphans());

async function end(): Promise<void> {
  clearInterval(orphans);
  for (const timer of settling.values()) clearTimeout(timer);
  await Promise.all(besides);
  // What waits for further lines is kept, and settled by whoever starts next.
  await storing.close();
  await connection.close();
  await database.close();
  parentPort?.close();
}

parentPort?.on("message", (job: IngestJob) => {
  if (job === "end") ending = true;
  else queue.push(job);
  next();
});
