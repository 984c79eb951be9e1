import type { Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Background work that exactly one instance does. A run is named by what it does, so that two instances cannot do
 * it twice; a claim that its process did not live to finish ends by itself.
 */

/** A run that is ours until it ends or its time is over. */
export interface ClaimedRun {
  key: string;
  /** Names this claim: whoever took the run over has another. */
  claim: string;
  attempts: number;
}

/** How long runs that are done are remembered, in milliseconds. */
const KEPT_MS = 7 * 86_400_000;

/**
 * No run is claimed, or waits, for longer. What says more was written while the clock was ahead, and would keep a run
 * from everybody until the time has come that was thought to be.
 */
export const LEASE_MAX_MS = 10 * 60_000;

/** So many open runs are looked at in one round. */
const OPEN_MAX = 500;

/** After a failure the run waits: 5 s, 10 s, 20 s and so on up to a minute. */
const retryAfterMs = (attempts: number) => Math.min(60_000, 2_500 * 2 ** attempts);

/**
 * Claims a run.
 *
 * @param key what is done, for example `publish-crl@<authority>@<number>`
 * @param claim names this claim, newly made for each
 * @param leaseMs how long it may take, at most `LEASE_MAX_MS`; then others may begin it again
 * @returns null when it is done already, when somebody else does it, or when it failed a moment ago
 */
export async function claimRun(
  { database, clock }: Installation,
  key: string,
  claim: string,
  leaseMs: number,
): Promise<ClaimedRun | null> {
  const now = clock.now();
  const isOpen = (run: { finishedAt: Date | null; claimedUntil: Date } | null) =>
    run === null ||
    (run.finishedAt === null &&
      (run.claimedUntil <= now || run.claimedUntil.getTime() > now.getTime() + LEASE_MAX_MS));
  if (!isOpen(await database.read.jobRun.findUnique({ where: { key } }))) return null;
  return database.write(async (transaction) => {
    const run = await transaction.jobRun.findUnique({ where: { key } });
    if (!isOpen(run)) return null;
    const attempts = (run?.attempts ?? 0) + 1;
    const claimed = { claimedBy: claim, claimedUntil: new Date(now.getTime() + leaseMs), attempts };
    await transaction.jobRun.upsert({
      where: { key },
      create: { key, ...claimed, failure: "", createdAt: now },
      update: claimed,
    });
    return { key, claim, attempts };
  });
}

/**
 * Writes down a run whose maker does it at once, in the transaction of what it belongs to: when that process does not
 * live to finish it, others find it here (`openRuns`), and claim it when the time is over.
 *
 * @param now whole seconds
 * @param leaseMs as for `claimRun`
 */
export async function beginRun(
  transaction: Transaction,
  key: string,
  now: Date,
  leaseMs: number,
): Promise<ClaimedRun> {
  const claim = newId();
  const claimedUntil = new Date(now.getTime() + leaseMs);
  await transaction.jobRun.create({
    data: { key, claimedBy: claim, claimedUntil, attempts: 1, failure: "", createdAt: now },
  });
  return { key, claim, attempts: 1 };
}

/** Runs that are not done and that nobody works on, the first of them by key. @param prefix of their keys */
export async function openRuns(
  { database, clock }: Installation,
  prefix: string,
): Promise<{ key: string; createdAt: Date }[]> {
  const now = clock.now();
  const beyondAnyLease = new Date(now.getTime() + LEASE_MAX_MS);
  return database.read.jobRun.findMany({
    where: {
      key: { startsWith: prefix },
      finishedAt: null,
      OR: [{ claimedUntil: { lte: now } }, { claimedUntil: { gt: beyondAnyLease } }],
    },
    select: { key: true, createdAt: true },
    orderBy: { key: "asc" },
    take: OPEN_MAX,
  });
}

/** Prolongs a claim while its work goes on; nothing happens when somebody else has taken the run over. */
export async function extendRun(
  { database, clock }: Installation,
  { key, claim }: ClaimedRun,
  leaseMs: number,
): Promise<void> {
  const claimedUntil = new Date(clock.now().getTime() + leaseMs);
  await database.write((transaction) =>
    transaction.jobRun.updateMany({
      where: { key, claimedBy: claim, finishedAt: null },
      data: { claimedUntil },
    }),
  );
}

/**
 * Marks a run as done, in the transaction of its result.
 *
 * @returns false when somebody else has taken the run over: then nothing may be written
 */
export async function finishRun(
  transaction: Transaction,
  { key, claim }: ClaimedRun,
  now: Date,
): Promise<boolean> {
  const { count } = await transaction.jobRun.updateMany({
    where: { key, claimedBy: claim, finishedAt: null },
    data: { finishedAt: now, failure: "" },
  });
  return count === 1;
}

/** Gives a claim back after a failure; the run is tried again a little later. */
export async function failRun(
  { database, clock }: Installation,
  { key, claim, attempts }: ClaimedRun,
  failure: string,
): Promise<void> {
  const claimedUntil = new Date(clock.now().getTime() + retryAfterMs(attempts));
  await database.write((transaction) =>
    transaction.jobRun.updateMany({
      where: { key, claimedBy: claim, finishedAt: null },
      data: { claimedUntil, failure: failure.slice(0, 500) },
    }),
  );
}

/** Forgets runs that were done long ago. */
export async function forgetOldRuns({ database, clock }: Installation): Promise<void> {
  const where = { finishedAt: { lt: new Date(clock.now().getTime() - KEPT_MS) } };
  if ((await database.read.jobRun.count({ where })) === 0) return;
  await database.write((transaction) => transaction.jobRun.deleteMany({ where }));
}
