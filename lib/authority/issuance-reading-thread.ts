import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type IssuanceOrder, readOrder } from "#lib/authority/issuance-order.ts";
import type { AnswerMessage, JobMessage } from "#lib/authority/issuance-thread.ts";
import { portableError } from "#lib/portable-error.ts";

/** Reads signing requests and checks their proof of possession, then hands them to the issuing thread. */

export type OrderMessage = { id: number; order: IssuanceOrder };

const { issuing } = workerData as { issuing: MessagePort };

parentPort?.on("message", (orders: OrderMessage[]) => {
  let jobs: JobMessage[] = [];
  const refusals: AnswerMessage[] = [];
  for (const { id, order } of orders) {
    try {
      jobs.push({ id, job: readOrder(order) });
    } catch (error) {
      refusals.push({ id, error: portableError(error) });
    }
    // Handed over in small parts: the issuing thread works on the first while the next are read.
    if (jobs.length === 8) {
      issuing.postMessage(jobs);
      jobs = [];
    }
  }
  if (jobs.length > 0) issuing.postMessage(jobs);
  if (refusals.length > 0) parentPort?.postMessage(refusals);
});
