import { parentPort, workerData } from "node:worker_threads";
import { type BuiltCrl, buildCrl, type CrlOrder } from "#lib/authority/crl-build.ts";
import { settleCrls } from "#lib/authority/crl-settle.ts";
import type { Config } from "#lib/config.ts";
import { openDriver } from "#lib/driver.ts";
import { loadMasterKey } from "#lib/master-key.ts";
import { type PortableError, portableError } from "#lib/portable-error.ts";

/**
 * The thread that builds CRLs, with connections of its own: however long a list is, nobody whom the other thread
 * answers waits for it.
 */

export type CrlThreadData = Pick<Config, "database" | "masterKey">;
export type CrlJob =
  | { kind: "build"; order: CrlOrder }
  | { kind: "settle"; authorityId: string; now: Date; patienceMs: number }
  | { kind: "end" };
/** What became of a job: jobs are done one after the other. */
export type CrlAnswer = { result: BuiltCrl | boolean } | { error: PortableError };

/** What is written here is read by nobody on this thread. */
const CACHE_MB = 2;

const { database, masterKey } = workerData as CrlThreadData;
const connection = await openDriver(database, CACHE_MB);
const key = loadMasterKey(masterKey);

async function answer(job: Exclude<CrlJob, { kind: "end" }>): Promise<CrlAnswer> {
  try {
    const result =
      job.kind === "build"
        ? await buildCrl(database, connection, key, job.order)
        : await settleCrls(connection, job.authorityId, job.now, job.patienceMs);
    return { result };
  } catch (error) {
    return { error: portableError(error) };
  }
}

parentPort?.on("message", async (job: CrlJob) => {
  if (job.kind !== "end") {
    parentPort?.postMessage(await answer(job));
    return;
  }
  await connection.close();
  parentPort?.close();
});
