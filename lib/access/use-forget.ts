import { setTimeout as pause } from "node:timers/promises";
import { USE_KEPT_DAYS } from "#lib/access/use-hours.ts";
import { addSeconds } from "#lib/clock.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { claimRun, finishRun, LEASE_MAX_MS } from "#lib/jobs/job-run.ts";
import { sqlSteps, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** Rows of one transaction, for which others wait. */
const SLICE = 250;

/** So long others have their turn after each. */
const PAUSE_MS = 10;

/** More wait for the next hour: that is as many as a hundred thousand clients make in ten hours at one service. */
const SLICES_MAX = 4_000;

/** A round that takes longer ends, so that its claim never does before it. */
const ROUND_MAX_MS = LEASE_MAX_MS / 2;

const DAY_SECONDS = 86_400;

/**
 * Forgets use by the hour that is older than 30 days, in slices; what clients and credentials remember of their last
 * use stays. One of all instances does it, once an hour.
 *
 * @param signal ends it between two slices; the next hour goes on
 */
export async function forgetOldUse(installation: Installation, signal?: AbortSignal): Promise<void> {
  const { database, clock } = installation;
  const now = clock.now();
  const key = `forget-use@${now.toISOString().slice(0, 13)}`;
  const before = addSeconds(now, -USE_KEPT_DAYS * DAY_SECONDS);
  const run = await claimRun(installation, key, newId(), LEASE_MAX_MS);
  if (run === null) return;
  const until = performance.now() + ROUND_MAX_MS;
  for (let slice = 0; slice < SLICES_MAX && performance.now() < until && !signal?.aborted; slice++) {
    if ((await forgetSlice(installation, before)) < SLICE) break;
    await pause(PAUSE_MS);
  }
  await database.write((transaction) => finishRun(transaction, run, clock.now()));
}

/** @returns how many rows it took away */
function forgetSlice({ database }: Installation, before: Date): Promise<number> {
  const key = '"clientId", "serviceId", "hour", "credentialId", "proxyId"';
  return database.write((transaction) =>
    sqlSteps(database, transaction).run(
      `DELETE FROM "AccessHour" WHERE (${key}) IN
         (SELECT ${key} FROM "AccessHour" WHERE "hour" < ${timeParameter(database)} ORDER BY "hour" LIMIT ${SLICE})`,
      [timeValue(database, before)],
    ),
  );
}
