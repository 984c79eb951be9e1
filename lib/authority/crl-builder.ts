import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { BuiltCrl, CrlOrder } from "#lib/authority/crl-build.ts";
import type { CrlAnswer, CrlJob, CrlThreadData } from "#lib/authority/crl-thread.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { revivedError } from "#lib/portable-error.ts";

/** Builds CRLs on a thread that lives as long as there is something to do. */
export interface CrlBuilder {
  build(order: CrlOrder): Promise<BuiltCrl>;
  /** See crl-settle.ts. */
  settle(authorityId: string, now: Date, patienceMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Rows of a list are short-lived: a small nursery is enough for them. The list itself counts as old although it is
 * not on the heap: with less than it takes, V8 would look for garbage with each packet from the database.
 */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };

/** A job takes seconds, also for a million entries. One that hangs would keep all others from being begun. */
const JOB_MS = 300_000;

/** What is written is committed: ending in order only spares the database a broken connection. */
const END_MS = 5_000;

/**
 * Makes ready to build; the thread starts with the first job. One job at a time.
 *
 * @param patienceMs a job that takes longer fails, and its thread is ended
 */
export function crlBuilder({ config }: Pick<Installation, "config">, patienceMs = JOB_MS): CrlBuilder {
  let worker: Worker | undefined;
  const start = () => {
    const { database, masterKey } = config;
    const data: CrlThreadData = { database, masterKey };
    // The flag with which the plane was started (lib/server/plane.ts) would outdo the limits of threads.
    setFlagsFromString("--max-semi-space-size=0");
    const thread = new Worker(new URL("./crl-thread.ts", import.meta.url), {
      resourceLimits: LIMITS,
      workerData: data,
    });
    const forget = () => {
      if (worker === thread) worker = undefined;
    };
    // Also between jobs: an error of a thread that nobody listens to ends the process.
    thread.on("exit", forget).on("error", (error) => {
      log("authority").error({ err: error }, "the thread that builds CRLs failed");
      forget();
    });
    return thread;
  };
  const ask = (job: CrlJob) => {
    worker ??= start();
    const thread = worker;
    return new Promise<BuiltCrl | boolean>((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        thread.off("message", receive).off("error", fail).off("exit", exit);
      };
      const receive = (answer: CrlAnswer) => {
        done();
        if ("result" in answer) resolve(answer.result);
        else reject(revivedError(answer.error));
      };
      const fail = (error: Error) => {
        done();
        reject(error);
      };
      const exit = () => fail(new Error("the thread that builds CRLs ended"));
      const over = () => {
        if (worker === thread) worker = undefined;
        void thread.terminate();
        fail(new Error(`the thread that builds CRLs has not answered within ${patienceMs / 1000} seconds`));
      };
      const timer = setTimeout(over, patienceMs);
      thread.on("message", receive).on("error", fail).on("exit", exit);
      thread.postMessage(job);
    });
  };
  return {
    build: async (order) => (await ask({ kind: "build", order })) as BuiltCrl,
    settle: async (authorityId, now, patienceMs) =>
      (await ask({ kind: "settle", authorityId, now, patienceMs })) as boolean,
    async close() {
      const thread = worker;
      worker = undefined;
      if (thread === undefined) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => void thread.terminate(), END_MS);
        thread.once("exit", () => {
          clearTimeout(timer);
          resolve();
        });
        thread.postMessage({ kind: "end" } satisfies CrlJob);
      });
    },
  };
}
