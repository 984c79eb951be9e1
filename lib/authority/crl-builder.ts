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

/** Rows of a list are short-lived: little memory is enough for them, and V8 takes no more than it may. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 96 };

/** Makes ready to build; the thread starts with the first job. One job at a time. */
export function crlBuilder({ config }: Installation): CrlBuilder {
  let worker: Worker | undefined;
  const start = () => {
    const { database, masterKey } = config;
    const data: CrlThreadData = { database, masterKey };
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
