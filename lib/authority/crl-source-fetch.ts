import { appendAudit } from "#lib/audit/append.ts";
import { allowedFetch, type FetchOptions } from "#lib/authority/allowed-fetch.ts";
import { applyCrlSource } from "#lib/authority/crl-source-apply.ts";
import { finishCrlSourceDeletions } from "#lib/authority/crl-source-change.ts";
import { takeCrl } from "#lib/authority/crl-source-take.ts";
import { ownUrls } from "#lib/authority/own-urls.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { type ClaimedRun, claimRun, finishRun } from "#lib/jobs/job-run.ts";
import { log } from "#lib/log.ts";
import { type ParsedCrl, readCrl } from "#lib/x509/crl-reader.ts";

/** The care for foreign CRLs: those that are followed are fetched in time, and the inventory shows what they say. */

const CARING = systemActor("foreign CRLs");

/** The largest CRL that is read (lib/x509/crl-reader.ts), in PEM. */
const BYTES_MAX = 90 * 1024 * 1024;

const FETCH_MS = 60_000;

/** Longer than a fetch, a check and the writing of the largest list take together. */
const LEASE_MS = 5 * 60_000;

/** At once in one process: each may be large. */
const AT_ONCE = 3;

/** At half of what is left of the list's life, and at least every hour: an issuer revokes when it wants to. */
const FETCHED_EVERY_MS = 3_600_000;

/** No issuer is asked more often, however short its lists live. */
const FETCHED_AT_MOST_MS = 30_000;

/** After a failure: as long as it fails already, between these bounds. */
const RETRY_FROM_MS = 60_000;
const RETRY_TO_MS = 3_600_000;

/** When a list is fetched again that was fetched now; one that has ended, after as long as it has ended already. */
export function nextFetch({ nextUpdate }: Pick<ParsedCrl, "nextUpdate">, now: Date): Date {
  const left = nextUpdate === null ? FETCHED_EVERY_MS * 2 : nextUpdate.getTime() - now.getTime();
  const pause = left > 0 ? left / 2 : -left;
  return new Date(now.getTime() + Math.max(FETCHED_AT_MOST_MS, Math.min(pause, FETCHED_EVERY_MS)));
}

/** When it is tried again. @param failingSince null for the first failure */
export function nextAttempt(failingSince: Date | null, now: Date): Date {
  const failing = now.getTime() - (failingSince ?? now).getTime();
  return new Date(now.getTime() + Math.max(RETRY_FROM_MS, Math.min(failing, RETRY_TO_MS)));
}

/** A round begins no fetch after this: then those that became due meanwhile have their turn, too. */
const ROUND_MS = 10_000;

/**
 * Fetches the foreign CRLs that are due, each by one instance; those that fail come last, because their servers may be
 * slow. Called every few seconds.
 *
 * @param options for tests: how names are resolved
 */
export async function fetchDueCrls(
  installation: Installation,
  options: Pick<FetchOptions, "resolve"> = {},
): Promise<void> {
  const { database, clock } = installation;
  const due = await database.read.crlSource.findMany({
    where: { url: { not: "" }, fetchAt: { lte: clock.now() } },
    orderBy: { fetchAt: "asc" },
  });
  const isFailing = ({ failingSince }: DueSource) => Number(failingSince !== null);
  const queue = due.toSorted((a, b) => isFailing(a) - isFailing(b)).values();
  const end = performance.now() + ROUND_MS;
  const takeTurns = async () => {
    for (const source of queue) {
      await fetchOne(installation, source, options);
      if (performance.now() > end) return;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
}

/**
 * Brings the inventory up to date with all foreign CRLs: also with those that were uploaded, and for certificates that
 * were imported meanwhile. Called every few seconds.
 */
export async function applyCrlSources(installation: Installation): Promise<void> {
  await finishCrlSourceDeletions(installation, CARING);
  const kept = await installation.database.read.crlSource.findMany({
    where: { crlId: { not: null } },
    select: { id: true },
  });
  for (const { id } of kept) {
    await applyCrlSource(installation, id).catch((error: unknown) => {
      log("authority").warn(
        { err: error, source: id },
        "a foreign CRL could not be applied; trying again soon",
      );
    });
  }
}

interface DueSource {
  id: string;
  name: string;
  url: string;
  fetchAt: Date | null;
  failingSince: Date | null;
}

async function fetchOne(
  installation: Installation,
  source: DueSource,
  options: Pick<FetchOptions, "resolve">,
): Promise<void> {
  const key = `fetch-crl@${source.id}@${source.fetchAt?.getTime()}`;
  const run = await claimRun(installation, key, newId(), LEASE_MS);
  if (run === null) return;
  try {
    const crl = await fetchCrl(installation, source, options);
    const fetchAt = nextFetch(crl, installation.clock.now());
    await takeCrl(installation, CARING, source.id, crl, "crl.fetched", async (transaction) => {
      if (!(await finishRun(transaction, run, installation.clock.now()))) return false;
      const { count } = await transaction.crlSource.updateMany({
        where: { id: source.id, url: source.url },
        data: { fetchAt },
      });
      return count === 1;
    });
  } catch (error) {
    await noteFailure(installation, source, run, error);
  }
}

async function fetchCrl(
  installation: Installation,
  { url }: DueSource,
  options: Pick<FetchOptions, "resolve">,
): Promise<ParsedCrl> {
  const fetched = await allowedFetch(url, {
    ...options,
    milliseconds: FETCH_MS,
    bytesMax: BYTES_MAX,
    allowed: installation.config.fetchRanges,
    ownUrls: await ownUrls(installation),
  });
  if (!fetched.ok) throw new DomainError("unavailable", fetched.detail);
  if (fetched.status !== 200) {
    throw new DomainError(
      "unavailable",
      `The server answered with the status ${fetched.status} instead of a CRL.`,
    );
  }
  try {
    return readCrl(fetched.body);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, `What the server sent is no CRL that can be read: ${error.message}`, {
      cause: error,
    });
  }
}

/** The list that is there stays in force; since when and why a new one does not come is shown, and tried again. */
async function noteFailure(
  { database, clock }: Installation,
  source: DueSource,
  run: ClaimedRun,
  error: unknown,
): Promise<void> {
  if (!(error instanceof DomainError)) {
    log("authority").error({ err: error, source: source.id }, "a foreign CRL could not be fetched");
  }
  const reason =
    error instanceof DomainError ? error.message : "Something went wrong on our side; the log has it.";
  const failure = reason.slice(0, 500);
  const now = clock.now();
  await database.write(async (transaction) => {
    if (!(await finishRun(transaction, run, now))) return;
    const { count } = await transaction.crlSource.updateMany({
      where: { id: source.id, url: source.url },
      data: {
        failingSince: source.failingSince ?? now,
        failure,
        fetchAt: nextAttempt(source.failingSince, now),
      },
    });
    if (count === 0 || source.failingSince !== null) return;
    await appendAudit(transaction, CARING, now, {
      action: "crl.fetch-failed",
      object: { kind: "crl-source", id: source.id, name: source.name },
      outcome: "failed",
      details: { url: source.url, failure },
    });
  });
}
