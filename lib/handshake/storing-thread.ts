import { setTimeout } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { openDriver } from "#lib/driver.ts";
import { portableError } from "#lib/portable-error.ts";
import type { StoredBatch } from "./event-store.ts";
import { storePortions } from "./store-portion.ts";
import type { StoringJob, StoringReply, StoringThreadData } from "./storing.ts";

/**
 * The thread that stores what came of lines, in the order in which it comes: the next portions are read and diagnosed
 * meanwhile, which takes as long, and nobody waits for a lock that is held by who does something else.
 */
const { database } = workerData as StoringThreadData;
const connection = await openDriver(database);

/** SQLite hands the lock to nobody: who waits for it looks every few milliseconds, and has to find it free. */
const GAP_MS = 3;
const GAP_AFTER_MS = 15;

/** What is stored by one transaction: others wait for as long. */
const PORTIONS_AT_ONCE = 4;
const EVENTS_AT_ONCE = 200;

const queue: Exclude<StoringJob, "end">[] = [];
let isBusy = false;
let isEnding = false;

async function work(): Promise<void> {
  isBusy = true;
  let heldMs = 0;
  for (let jobs = nextJobs(); jobs.length > 0; jobs = nextJobs()) {
    const began = performance.now();
    let place = 0;
    const portions = jobs.map(({ portion }) => portion);
    for await (const result of storePortions(connection, portions)) reply(jobs[place++], result);
    heldMs += performance.now() - began;
    if (connection.provider === "sqlite" && heldMs >= GAP_AFTER_MS) {
      await setTimeout(GAP_MS);
      heldMs = 0;
    }
  }
  isBusy = false;
  if (isEnding) await end();
}

/** Those that are stored together; one at least, when there is any. */
function nextJobs(): typeof queue {
  const jobs: typeof queue = [];
  let events = 0;
  for (const job of queue) {
    events += job.portion.rows.events.length;
    if (jobs.length > 0 && (events > EVENTS_AT_ONCE || jobs.length === PORTIONS_AT_ONCE)) break;
    jobs.push(job);
  }
  queue.splice(0, jobs.length);
  return jobs;
}

function reply(
  job: (typeof queue)[number] | undefined,
  result: PromiseSettledResult<StoredBatch | null>,
): void {
  if (job === undefined) return;
  const { id } = job;
  const answer: StoringReply =
    result.status === "fulfilled"
      ? { id, stored: result.value }
      : { id, error: portableError(result.reason) };
  parentPort?.postMessage(answer);
}

async function end(): Promise<void> {
  await connection.close();
  parentPort?.close();
}

parentPort?.on("message", (job: StoringJob) => {
  if (job === "end") isEnding = true;
  else queue.push(job);
  if (!isBusy) void (queue.length > 0 ? work() : isEnding ? end() : undefined);
});
