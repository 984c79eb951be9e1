import { Worker } from "node:worker_threads";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { type PortableError, revivedError } from "#lib/portable-error.ts";
import type { LaneAnswer } from "./proxy-lane.ts";

/** What somebody sent at once, as it came. */
export interface SentLines {
  proxyId: string;
  /** At most BATCH_ID_MAX characters: what comes again under the same one is not stored again. */
  batchId: string;
  /** Not to be used by the sender any more. */
  body: Uint8Array;
  contentType: string | undefined;
  contentEncoding: string | undefined;
}

export const BATCH_ID_MAX = 180;

/** What became of it. */
export interface IngestAnswer extends LaneAnswer {
  /** Lines that were longer than what is read of one. */
  cut: number;
}

/** What became of everything since the start of this process. */
export interface IngestTally {
  /** Lines that were stored, not those of batches that came again. */
  matched: number;
  ignored: number;
  notUnderstood: number;
  /** Batches that came again, and those that were not taken because too much waited. */
  repeated: number;
  refused: number;
  /** Packed bytes that wait. */
  waitingBytes: number;
}

/** Takes lines of proxies in, away from the thread that answers requests. */
export interface Ingest {
  readonly tally: Readonly<IngestTally>;
  /**
   * Takes lines in: when it resolves, all of them are on the disk, with what was made of them.
   *
   * @throws DomainError `rateLimited` when more waits than is held; `malformed` or `tooLarge` of the body;
   *   `unavailable` when it is not known what became of it: what is sent again under the same id is stored once
   */
  take(sent: SentLines): Promise<IngestAnswer>;
  /** Takes nothing any more, and resolves when what was taken is stored. */
  close(): Promise<void>;
}

/** What is held of what waits: packed bytes, and batches. */
export interface IngestBounds {
  bytes: number;
  batches: number;
  /** Of one proxy, so that one which sends without end leaves room to the others. */
  bytesOfOne: number;
  batchesOfOne: number;
}

const BOUNDS: IngestBounds = {
  ...{ bytes: 64 * 1024 * 1024, batches: 512 },
  ...{ bytesOfOne: 16 * 1024 * 1024, batchesOfOne: 128 },
};

export type IngestJob = { id: number; sent: SentLines } | "end";
export type IngestReply = { id: number } & ({ answer: IngestAnswer } | { error: PortableError });
export type IngestThreadData = Pick<Installation["config"], "database">;

const NOTHING = { bytes: 0, batches: 0 };

/** Rows and lines are short-lived, and there are many of them. */
const LIMITS = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 1_024 };

/** What is under way has so long to be stored when the plane ends; what is not is sent again. */
const END_MS = 10_000;

/** After a thread that failed, the next one starts so much later. */
const RESTART_MS = 1_000;

interface Waiting {
  proxyId: string;
  bytes: number;
  resolve(answer: IngestAnswer): void;
  reject(error: Error): void;
}

/** Starts the thread that takes lines in. When it dies, what was under way fails, and another one starts. */
export function startIngest({ config }: Pick<Installation, "config">, bounds = BOUNDS): Ingest {
  const waiting = new Map<number, Waiting>();
  /** What waits of each proxy. */
  const held = new Map<string, { bytes: number; batches: number }>();
  const tally: IngestTally = {
    ...{ matched: 0, ignored: 0, notUnderstood: 0, repeated: 0, refused: 0, waitingBytes: 0 },
  };
  let lastId = 0;
  let closing = false;
  let timer: NodeJS.Timeout | undefined;
  let worker: Worker | undefined;

  const hold = (proxyId: string, bytes: number, batches: number) => {
    const before = held.get(proxyId) ?? NOTHING;
    const after = { bytes: before.bytes + bytes, batches: before.batches + batches };
    if (after.batches === 0) held.delete(proxyId);
    else held.set(proxyId, after);
    tally.waitingBytes += bytes;
  };
  const done = (id: number) => {
    const waiter = waiting.get(id);
    if (waiter === undefined) return undefined;
    waiting.delete(id);
    hold(waiter.proxyId, -waiter.bytes, -1);
    return waiter;
  };
  const isFull = ({ proxyId, body: { length } }: SentLines) => {
    const own = held.get(proxyId) ?? NOTHING;
    return (
      waiting.size >= bounds.batches ||
      tally.waitingBytes + length > bounds.bytes ||
      own.batches >= bounds.batchesOfOne ||
      own.bytes + length > bounds.bytesOfOne
    );
  };
  const count = ({ repeated, matched, ignored, notUnderstood }: IngestAnswer) => {
    if (repeated) {
      tally.repeated++;
      return;
    }
    tally.matched += matched;
    tally.ignored += ignored;
    tally.notUnderstood += notUnderstood;
  };
  const start = () => {
    const data: IngestThreadData = { database: config.database };
    const thread = new Worker(new URL("./ingest-thread.ts", import.meta.url), {
      resourceLimits: LIMITS,
      workerData: data,
    });
    const die = (error?: unknown) => {
      if (worker !== thread) return;
      worker = undefined;
      const interrupted = new DomainError(
        "unavailable",
        "Taking lines in was interrupted; send them again.",
        {
          cause: error,
        },
      );
      for (const id of [...waiting.keys()]) done(id)?.reject(interrupted);
      if (closing) return;
      log("handshake").error({ err: error }, "the thread that takes log lines in ended; starting another");
      timer = setTimeout(start, RESTART_MS);
    };
    thread.on("message", (reply: IngestReply) => {
      const waiter = done(reply.id);
      if ("answer" in reply) {
        count(reply.answer);
        waiter?.resolve(reply.answer);
      } else waiter?.reject(revivedError(reply.error));
    });
    thread.on("error", die).on("exit", () => die());
    worker = thread;
  };
  start();

  return {
    tally,
    async take(sent) {
      if (closing || worker === undefined) {
        throw new DomainError("unavailable", "Lines are not taken in just now; send them again in a second.");
      }
      if (isFull(sent)) {
        tally.refused++;
        throw new DomainError("rateLimited", "More lines wait than are held; send these again in a second.");
      }
      const thread = worker;
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        const { proxyId, body } = sent;
        waiting.set(id, { proxyId, bytes: body.length, resolve, reject });
        hold(proxyId, body.length, 1);
        thread.postMessage({ id, sent } satisfies IngestJob);
      });
    },
    async close() {
      closing = true;
      clearTimeout(timer);
      const thread = worker;
      if (thread === undefined) return;
      await new Promise<void>((resolve) => {
        const given = setTimeout(() => void thread.terminate(), END_MS);
        thread.once("exit", () => {
          clearTimeout(given);
          resolve();
        });
        thread.postMessage("end" satisfies IngestJob);
      });
    },
  };
}
