import { appendAudit } from "#lib/audit/append.ts";
import { keysAgainstRetry, waitingSince } from "#lib/authority/bulk-keys.ts";
import {
  BULK_PERMISSIONS,
  type Run,
  type RunParameters,
  readRun,
  runObject,
  storedParameters,
} from "#lib/authority/bulk-run.ts";
import { settleCancelled } from "#lib/authority/bulk-settle.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Ends a run. What was done stays; what is being worked on at this moment is finished.
 *
 * @throws DomainError `conflict` when it is over already; `notFound`, `forbidden`
 */
export async function cancelRun(installation: Installation, actor: Actor, runId: string): Promise<void> {
  authorize(actor, "certificate:read");
  const { database, clock } = installation;
  await database.write(async (transaction) => {
    const run = await readRun(transaction, runId);
    authorize(actor, BULK_PERMISSIONS[run.kind]);
    if (run.status === "finished" || run.status === "cancelled") {
      throw new DomainError("conflict", `The run is ${run.status} already.`);
    }
    const now = clock.now();
    await transaction.bulkRun.update({
      where: { id: runId },
      data: { status: "cancelled", finishedAt: now },
    });
    await appendAudit(transaction, actor, now, {
      action: "bulk.cancelled",
      object: runObject(run),
      details: { total: run.total, done: run.done, failed: run.failed },
    });
  });
  await settleCancelled(installation, runId);
}

/**
 * Lets the items of a run that failed be tried again.
 *
 * @throws DomainError `conflict` when none failed, the run was cancelled, or its keys are gone
 *   or soon will be; `notFound`, `forbidden`
 */
export async function retryFailed(installation: Installation, actor: Actor, runId: string): Promise<void> {
  authorize(actor, "certificate:read");
  const { database, clock } = installation;
  await database.write(async (transaction) => {
    const run = await readRun(transaction, runId);
    authorize(actor, BULK_PERMISSIONS[run.kind]);
    if (run.status === "cancelled" || run.status === "preparing") {
      throw new DomainError("conflict", `The run is ${run.status}: nothing of it can be tried again.`);
    }
    const obstacle = keysAgainstRetry(run, clock.now());
    if (obstacle !== null) {
      throw new DomainError("conflict", `${obstacle}; issue the rows that failed in a new run.`);
    }
    if (run.failed === 0) throw new DomainError("conflict", "Nothing of this run failed.");
    const { count } = await transaction.bulkItem.updateMany({
      where: { runId, status: "failed" },
      data: { status: "waiting", message: "" },
    });
    await transaction.bulkRun.update({
      where: { id: runId },
      data: {
        status: "running",
        finishedAt: null,
        failed: { decrement: count },
        parameters: storedParameters(withDeadline(run)),
      },
    });
    await appendAudit(transaction, actor, clock.now(), {
      action: "bulk.retried",
      object: runObject(run),
      details: { items: count },
    });
  });
}

/** Keys that wait already wait no longer because of what is tried again. */
function withDeadline(run: Run): RunParameters {
  const { parameters } = run;
  if (parameters.kind !== "issue" || run.finishedAt === null) return parameters;
  const since = waitingSince(run, parameters.keys).toISOString();
  return { ...parameters, keys: { ...parameters.keys, waitingSince: since } };
}
