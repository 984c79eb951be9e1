import { type ItemStatus, type Run, readRun } from "#lib/authority/bulk-run.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { sqlSteps } from "#lib/sql-steps.ts";

/**
 * Who works on which item. An item that is worked on carries a lease in its message: until when, and a word of
 * its own. Claiming and recording are conditional on it, so that of two processes, or of one that died and
 * one that took over, only one records a result.
 */

/** How long a process may take for a piece; longer than a reservation (recovery.ts) stays open. */
export const LEASE_SECONDS = 60;

/** An item in the hands of whoever claimed it. */
export interface ClaimedItem {
  id: string;
  position: number;
  label: string;
  input: string;
  /** The certificate that it is to become, or became: given once, so that it is never issued twice. */
  certificateId: string | null;
  sealed: Uint8Array | null;
}

export interface Claim {
  lease: string;
  items: ClaimedItem[];
}

/** What came of an item. */
export interface ItemResult {
  id: string;
  status: Exclude<ItemStatus, "working">;
  /** Why it failed or was passed over; empty otherwise. */
  message: string;
}

/**
 * Takes items that wait, and those whose lease is over.
 *
 * @param count how many at most
 * @param certificateIds whether each item becomes a certificate: then it gets the id of one
 */
export async function claimItems(
  installation: Installation,
  runId: string,
  count: number,
  certificateIds: boolean,
): Promise<Claim> {
  const { database, clock } = installation;
  return database.write(async (transaction) => {
    const now = clock.now();
    const lease = `${addSeconds(now, LEASE_SECONDS).toISOString()} ${newId()}`;
    if ((await readRun(transaction, runId)).status !== "running") return { lease, items: [] };
    const select = {
      id: true,
      position: true,
      label: true,
      input: true,
      certificateId: true,
      sealed: true,
    };
    const waiting = await transaction.bulkItem.findMany({
      where: { runId, status: "waiting" },
      orderBy: { position: "asc" },
      take: count,
      select,
    });
    const left = await transaction.bulkItem.findMany({
      where: { runId, status: "working", message: { lt: now.toISOString() } },
      orderBy: { position: "asc" },
      take: count - waiting.length,
      select,
    });
    const items: ClaimedItem[] = [...waiting, ...left];
    await transaction.bulkItem.updateMany({
      where: { id: { in: items.map((item) => item.id) } },
      data: { status: "working", message: lease },
    });
    if (certificateIds) await giveCertificateIds(installation, transaction, items);
    return { lease, items };
  });
}

/** An id whose issuance was given up can never become a certificate, so the item gets another one. */
async function giveCertificateIds(
  { database }: Installation,
  transaction: Transaction,
  items: ClaimedItem[],
): Promise<void> {
  const given = items.flatMap((item) => item.certificateId ?? []);
  const abandoned = await transaction.certificate.findMany({
    where: { id: { in: given }, status: "abandoned" },
    select: { id: true },
  });
  const over = new Set(abandoned.map(({ id }) => id));
  const without = items.filter((item) => item.certificateId === null || over.has(item.certificateId));
  if (without.length === 0) return;
  for (const item of without) item.certificateId = newId();
  await sqlSteps(database, transaction).run(
    `UPDATE "BulkItem" SET "certificateId" = given.column2
     FROM (VALUES ${without.map(() => "(?, ?)").join(", ")}) AS given WHERE "BulkItem"."id" = given.column1`,
    without.flatMap((item) => [item.id, item.certificateId]),
  );
}

/**
 * Records what came of claimed items; what somebody else has taken over meanwhile is left to them.
 *
 * @returns the run as it is now; finished when nothing is left to do
 */
export async function recordResults(
  { database, clock }: Installation,
  runId: string,
  lease: string,
  results: readonly ItemResult[],
): Promise<Run> {
  return database.write(async (transaction) => {
    const steps = sqlSteps(database, transaction);
    let done = 0;
    let failed = 0;
    for (const { status, message, ids } of alike(results)) {
      const changed = await steps.run(
        `UPDATE "BulkItem" SET "status" = ?, "message" = ?
         WHERE "status" = 'working' AND "message" = ? AND "id" IN (${ids.map(() => "?").join(", ")})`,
        [status, message, lease, ...ids],
      );
      if (status === "failed") failed += changed;
      else if (status !== "waiting") done += changed;
    }
    await transaction.bulkRun.update({
      where: { id: runId },
      data: { done: { increment: done }, failed: { increment: failed } },
    });
    const run = await readRun(transaction, runId);
    if (run.status !== "running" || run.done + run.failed < run.total) return run;
    const finishedAt = clock.now();
    await transaction.bulkRun.update({ where: { id: runId }, data: { status: "finished", finishedAt } });
    return { ...run, status: "finished", finishedAt };
  });
}

/** Results with the same words go into one statement. */
function alike(results: readonly ItemResult[]) {
  const groups = new Map<string, { status: string; message: string; ids: string[] }>();
  for (const { id, status, message } of results) {
    const key = `${status} ${message}`;
    const group = groups.get(key) ?? { status, message, ids: [] };
    group.ids.push(id);
    groups.set(key, group);
  }
  return groups.values();
}
