import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Config } from "#lib/config.ts";
import { type PortableError, revivedError } from "#lib/portable-error.ts";
import type { StoredBatch } from "./event-store.ts";
import type { PortionRows } from "./store-portion.ts";

export type StoringJob = { id: number; portion: PortionRows } | "end";
export type StoringReply = { id: number } & ({ stored: StoredBatch | null } | { error: PortableError });
export type StoringThreadData = Pick<Config, "database">;

/** Stores portions, away from the thread that makes them. */
export interface Storing {
  /** As `storePortion`. */
  store(portion: PortionRows): Promise<StoredBatch | null>;
  /** Resolves when what was handed over is stored. */
  close(): Promise<void>;
}

/** Rows are short-lived, and there are many of them. */
const LIMITS = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 512 };

/** Starts the thread that stores. @param onDeath told when it dies: what was handed over may be stored or not */
export function startStoring(database: Config["database"], onDeath: (error: unknown) => void): Storing {
  const data: StoringThreadData = { database };
  const worker = new Worker(new URL("./storing-thread.ts", import.meta.url), {
    workerData: data,
    resourceLimits: LIMITS,
  });
  const waiting = new Map<
    number,
    { resolve(stored: StoredBatch | null): void; reject(error: Error): void }
  >();
  let lastId = 0;
  let closing = false;
  worker.on("message", (reply: StoringReply) => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("stored" in reply) waiter?.resolve(reply.stored);
    else waiter?.reject(revivedError(reply.error));
  });
  worker.on("error", onDeath);
  worker.on("exit", () => {
    if (!closing) onDeath(new Error("the thread that stores what came of lines ended"));
  });
  return {
    store(portion) {
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, portion } satisfies StoringJob);
      });
    },
    async close() {
      closing = true;
      const exit = once(worker, "exit");
      worker.postMessage("end" satisfies StoringJob);
      await exit;
    },
  };
}
