import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { BuiltCrl, CrlOrder } from "#lib/authority/crl-build.ts";
import type { CrlAnswer, CrlJob, CrlThreadData } from "#lib/authority/crl-thread.ts";
import type { Installation } from "#lib/installation.ts";
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

/** Makes ready to build; the thread starts with the first job. One job at a time. */
export function crlBuilder({ config }: Installation): CrlBuilder {
  let worker: Worker | undefined;
  const start = () => {
    const { database, masterKey } = config;
    const data: CrlThreadData = { database, masterKey };
    // The flag with which the plane was started (lib/server/plane.ts) would outdo the limits of threads.
    setFlagsFromString("--max-semi-space-size=0");
    return new Worker(new URL("./crl-thread.ts", import.meta.url), {
      resourceLimits: LIMITS,
      workerData: data,
    });
  };
  const ask = (job: CrlJob) => {
    worker ??= start();
    const thread = worker;
    return new Promise<BuiltCrl | boolean>((resolve, reject) => {
      const done = () => thread.off("message", receive).off("error", fail).off("exit", exit);
      const receive = (answer: CrlAnswer) => {
        done();
        if ("result" in answer) resolve(answer.result);
        else reject(revivedError(answer.error));
      };
      const fail = (error: Error) => {
        done();
        worker = undefined;
        reject(error);
      };
      const exit = () => fail(new Error("the thread that builds CRLs ended"));
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
        thread.once("exit", () => resolve()).once("error", () => resolve());
        thread.postMessage({ kind: "end" } satisfies CrlJob);
      });
    },
  };
}
