import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { IssuanceGroups } from "#lib/authority/issuance-group.ts";
import type { IssuanceJob, IssuedCertificate } from "#lib/authority/issuance-job.ts";
import { systemClock } from "#lib/clock.ts";
import { config } from "#lib/config.ts";
import { openDriver } from "#lib/driver.ts";
import { loadMasterKey } from "#lib/master-key.ts";
import { type PortableError, portableError } from "#lib/portable-error.ts";

/**
 * The thread that holds the authorities' keys and a connection of its own, so that neither signing
 * nor committing holds up the thread that answers requests. Its jobs come from the reading threads.
 */

export type JobMessage = { id: number; job: IssuanceJob };
export type AnswerMessage = { id: number } & (
  | { issued: Omit<IssuedCertificate, "chain">; chain: number }
  | { error: PortableError }
);
/** The chain of an authority travels once and is named by a number from then on. */
export type ChainMessage = { chain: number; certificates: readonly Uint8Array[] };

const { readers } = workerData as { readers: MessagePort[] };
const connection = await openDriver(config().database);
const groups = new IssuanceGroups(connection, loadMasterKey(config().masterKey), systemClock, (work) =>
  work(),
);

let answers: (AnswerMessage | ChainMessage)[] = [];
const chains = new Map<readonly Uint8Array[], number>();

/** Answers of one group travel in one message. */
function answer(message: AnswerMessage | ChainMessage): void {
  if (answers.length === 0) {
    queueMicrotask(() => {
      parentPort?.postMessage(answers);
      answers = [];
    });
  }
  answers.push(message);
}

function answerIssued(id: number, { chain, ...issued }: IssuedCertificate): void {
  let known = chains.get(chain);
  if (known === undefined) {
    known = chains.size;
    chains.set(chain, known);
    answer({ chain: known, certificates: chain });
  }
  answer({ id, issued, chain: known });
}

for (const reader of readers) {
  reader.on("message", (jobs: JobMessage[]) => {
    for (const { id, job } of jobs) {
      groups.add({
        job,
        resolve: (issued) => answerIssued(id, issued),
        reject: (error) => answer({ id, error: portableError(error) }),
      });
    }
  });
}
parentPort?.postMessage("ready");
