import { createPrivateKey, type KeyObject } from "node:crypto";
import { appendAudit } from "#lib/audit/append.ts";
import {
  type Run,
  type RunParameters,
  readRun,
  runObject,
  runOf,
  storedParameters,
} from "#lib/authority/bulk-run.ts";
import { settleCancelled, settleCancelledRuns } from "#lib/authority/bulk-settle.ts";
import { type Actor, systemActor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import type { MasterKey } from "#lib/master-key.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import { encodePkcs8 } from "#lib/x509/private-key.ts";

/**
 * Private keys that a run made, until whoever started it has them. They are handed out to nobody else, and
 * kept sealed until that person confirms to have them: a download may break half-way, and a key that was
 * forgotten at its first byte would be lost with its certificate. After the first download an hour remains to
 * fetch it again; what nobody fetches within a week is destroyed.
 */

/** How long keys wait to be fetched, from the end of the run. */
const UNFETCHED_SECONDS = 7 * 24 * 3600;

/** How long they may be fetched again after the first download. */
const AGAIN_SECONDS = 3600;

/** Items whose keys are wiped in one transaction. */
const WIPED_PER_WRITE = 500;

const boundTo = (itemId: string) => `bulk-item:${itemId}`;

/** A key at rest, bound to its item. */
export function sealItemKey(masterKey: MasterKey, itemId: string, key: KeyObject): Uint8Array<ArrayBuffer> {
  return masterKey.seal(encodePkcs8(key), boundTo(itemId));
}

/** @throws Error when it was altered or belongs to another item */
export function openItemKey(masterKey: MasterKey, itemId: string, sealed: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.from(masterKey.open(sealed, boundTo(itemId))),
    format: "der",
    type: "pkcs8",
  });
}

/** What is to be known of a run's keys. */
export interface KeptKeys {
  /** none: the run made none. destroyed: they were handed over, or nobody fetched them in time. */
  state: "none" | "kept" | "handed-out" | "destroyed";
  count: number;
  /** When they are destroyed unless confirmed before; null while the run is under way. */
  until: Date | null;
  because: NonNullable<IssueKeys["because"]> | null;
  destroyedAt: Date | null;
}

type IssueKeys = Extract<RunParameters, { kind: "issue" }>["keys"];

/** The state of a run's keys. */
export async function keptKeys({ database }: Installation, run: Run): Promise<KeptKeys> {
  const none = { count: 0, until: null, because: null, destroyedAt: null };
  if (run.parameters.kind !== "issue") return { state: "none", ...none };
  const { keys } = run.parameters;
  if (keys.because !== undefined) {
    const destroyedAt = keys.destroyedAt === undefined ? null : new Date(keys.destroyedAt);
    return { ...none, state: "destroyed", because: keys.because, destroyedAt };
  }
  const count = await database.read.bulkItem.count({
    where: { runId: run.id, status: "done", sealed: { not: null } },
  });
  if (count === 0) return { state: "none", ...none };
  return {
    ...none,
    state: keys.firstHandedOutAt === undefined ? "kept" : "handed-out",
    count,
    until: run.finishedAt === null ? null : keptUntil(run, keys),
  };
}

/**
 * Why items of a run may not be tried again, as what is issued now would be without a key that anybody can
 * fetch; null when they may.
 */
export function keysAgainstRetry(run: Run, now: Date): string | null {
  if (run.parameters.kind !== "issue") return null;
  const { keys } = run.parameters;
  if (keys.firstHandedOutAt !== undefined) return "The keys of this run have been handed out";
  if (keys.because !== undefined || keptUntil(run, keys) <= now) {
    return "Keys of this run are not kept any more";
  }
  return keptUntil(run, keys) <= addSeconds(now, AGAIN_SECONDS)
    ? "The keys of this run are kept for less than an hour more"
    : null;
}

/** Since when the keys of a run that is over have waited: trying it again does not prolong it. */
export function waitingSince(run: Run, keys: IssueKeys): Date {
  return keys.waitingSince === undefined ? (run.finishedAt ?? run.createdAt) : new Date(keys.waitingSince);
}

function keptUntil(run: Run, keys: IssueKeys): Date {
  const { firstHandedOutAt } = keys;
  const unfetched = addSeconds(waitingSince(run, keys), UNFETCHED_SECONDS);
  if (firstHandedOutAt === undefined) return unfetched;
  const again = addSeconds(new Date(firstHandedOutAt), AGAIN_SECONDS);
  return new Date(Math.min(again.getTime(), unfetched.getTime()));
}

/**
 * Lets the keys of a run go out: the event is written before the first byte leaves.
 *
 * @throws DomainError `forbidden` for anybody but who started the run, `conflict` while it, or what is
 *   left of it after it was cancelled, is under way, `expired` once the keys are destroyed, `notFound`
 */
export async function handOutKeys(installation: Installation, actor: Actor, runId: string): Promise<Run> {
  authorize(actor, "certificate:issue");
  const { database, clock } = installation;
  await settleCancelled(installation, runId);
  return database.write(async (transaction) => {
    const now = clock.now();
    const run = await readRun(transaction, runId);
    const { parameters, keys } = await keysOf(transaction, run, actor, now);
    const handed: Run["parameters"] = {
      ...parameters,
      keys: { ...keys, firstHandedOutAt: keys.firstHandedOutAt ?? now.toISOString() },
    };
    await transaction.bulkRun.update({
      where: { id: runId },
      data: { parameters: storedParameters(handed) },
    });
    await appendAudit(transaction, actor, now, {
      action: "bulk.keys-downloaded",
      object: runObject(run),
      details: { again: keys.firstHandedOutAt !== undefined },
    });
    return { ...run, parameters: handed };
  });
}

/**
 * Destroys the keys, because whoever started the run has them.
 *
 * @throws DomainError as `handOutKeys`; `conflict` also when they were never downloaded
 */
export async function confirmKeys(installation: Installation, actor: Actor, runId: string): Promise<void> {
  authorize(actor, "certificate:issue");
  await settleCancelled(installation, runId);
  await installation.database.write(async (transaction) => {
    const now = installation.clock.now();
    const run = await readRun(transaction, runId);
    const { keys } = await keysOf(transaction, run, actor, now);
    if (keys.firstHandedOutAt === undefined) {
      throw new DomainError("conflict", "Nobody has downloaded the keys yet; they would be lost.");
    }
    await giveUpKeys(transaction, run, actor, now, "confirmed");
  });
  await wipeKeys(installation, runId);
}

const GONE = {
  confirmed: "were handed over once",
  expired: "were not fetched in time",
  restored: "were destroyed when a backup was restored",
};

async function keysOf(transaction: Transaction, run: Run, actor: Actor, now: Date) {
  if (run.parameters.kind !== "issue") throw new DomainError("notFound", "This run made no keys.");
  if (run.actorKind !== actor.kind || run.actorId !== actor.id) {
    throw new DomainError(
      "forbidden",
      `Only ${run.requestedBy}, who started the run, gets its private keys.`,
    );
  }
  if (run.status === "running" || run.status === "preparing") {
    throw new DomainError("conflict", "The run is still under way; its keys come in one file at the end.");
  }
  const { parameters } = run;
  const { keys } = parameters;
  if (keys.because !== undefined || keptUntil(run, keys) <= now) {
    throw new DomainError(
      "expired",
      `The private keys ${GONE[keys.because ?? "expired"]} and are not kept here any more.`,
    );
  }
  if (await isWorkedOn(transaction, run.id)) {
    throw new DomainError(
      "conflict",
      "Some of its certificates were being issued when it was cancelled; their keys come in the same file. Try again in a minute.",
    );
  }
  return { parameters, keys };
}

/** A certificate that is being issued would be without its key if the keys went now. */
async function isWorkedOn(transaction: Transaction, runId: string): Promise<boolean> {
  return (await transaction.bulkItem.findFirst({ where: { runId, status: "working" } })) !== null;
}

/** From this transaction on nobody gets the keys; wiping them follows piece by piece. */
async function giveUpKeys(
  transaction: Transaction,
  run: Run,
  actor: Actor,
  now: Date,
  because: "confirmed" | "expired",
): Promise<void> {
  if (run.parameters.kind !== "issue") return;
  const { keys } = run.parameters;
  await transaction.bulkRun.update({
    where: { id: run.id },
    data: { parameters: storedParameters({ ...run.parameters, keys: { ...keys, because } }) },
  });
  await appendAudit(transaction, actor, now, {
    action: "bulk.keys-destroyed",
    object: runObject(run),
    details: { because, downloaded: keys.firstHandedOutAt ?? null },
  });
}

async function wipeKeys({ database, clock }: Installation, runId: string): Promise<void> {
  for (;;) {
    const sealed = await database.read.bulkItem.findMany({
      where: { runId, sealed: { not: null } },
      select: { id: true },
      take: WIPED_PER_WRITE,
    });
    if (sealed.length === 0) break;
    await database.write(async (transaction) => {
      const steps = sqlSteps(database, transaction);
      const ids = sealed.map(({ id }) => id);
      await steps.run(
        `UPDATE "BulkItem" SET "sealed" = NULL WHERE "id" IN (${ids.map(() => "?").join(", ")})`,
        ids,
      );
    });
  }
  await database.write(async (transaction) => {
    const { parameters } = await readRun(transaction, runId);
    if (parameters.kind !== "issue") return;
    const keys = { ...parameters.keys, destroyedAt: clock.now().toISOString() };
    await transaction.bulkRun.update({
      where: { id: runId },
      data: { parameters: storedParameters({ ...parameters, keys }) },
    });
  });
}

/**
 * Destroys what nobody fetched or confirmed in time, and wipes what a process that died left half wiped. A run
 * that was never finished is cancelled after the same time. Run now and then; several processes may.
 *
 * @returns how many runs lost keys
 */
export async function destroyOldKeys(installation: Installation): Promise<number> {
  const { database } = installation;
  await settleCancelledRuns(installation);
  const rows = await database.read.bulkRun.findMany({ where: { kind: "issue" } });
  let count = 0;
  for (const row of rows) {
    const run = runOf(row);
    if (run.parameters.kind !== "issue") continue;
    // Whatever its state says: a key that is there is to go some time.
    const hasKeys = await database.read.bulkItem.findFirst({
      where: { runId: run.id, sealed: { not: null } },
      select: { id: true },
    });
    const isHalfWiped =
      run.parameters.keys.because !== undefined && run.parameters.keys.destroyedAt === undefined;
    if (hasKeys === null && !isHalfWiped && run.finishedAt !== null) continue;
    const isDue = await database.write((transaction) =>
      endIfDue(transaction, run.id, installation.clock.now(), hasKeys !== null),
    );
    if (!isDue) continue;
    await wipeKeys(installation, run.id);
    count++;
  }
  return count;
}

/** @returns whether its keys are to be wiped now */
async function endIfDue(transaction: Transaction, runId: string, now: Date, hasKeys: boolean) {
  const system = systemActor("upkeep");
  const run = await readRun(transaction, runId);
  if (run.parameters.kind !== "issue") return false;
  if (run.parameters.keys.because !== undefined) return true;
  if (keptUntil(run, run.parameters.keys) > now) return false;
  if (run.finishedAt === null) {
    const keys = {
      ...run.parameters.keys,
      waitingSince: waitingSince(run, run.parameters.keys).toISOString(),
    };
    run.parameters = { ...run.parameters, keys };
    await transaction.bulkRun.update({
      where: { id: runId },
      data: { status: "cancelled", finishedAt: now, parameters: storedParameters(run.parameters) },
    });
    await appendAudit(transaction, system, now, { action: "bulk.cancelled", object: runObject(run) });
  }
  // Nobody begins anything of it any more, so the next time nothing is left under way.
  if (!hasKeys || (await isWorkedOn(transaction, runId))) return false;
  await giveUpKeys(transaction, run, system, now, "expired");
  return true;
}
