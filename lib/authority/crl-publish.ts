import { appendAudit } from "#lib/audit/append.ts";
import type { BuiltCrl } from "#lib/authority/crl-build.ts";
import { type CrlBuilder, crlBuilder } from "#lib/authority/crl-builder.ts";
import { type CrlState, crlStates, isDue } from "#lib/authority/crl-state.ts";
import { nextCrlNumber } from "#lib/authority/crl-times.ts";
import { forgetRevocationCounter } from "#lib/authority/revocation-counter.ts";
import { sameIssuers } from "#lib/authority/same-issuer.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import type { Database, Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { type ClaimedRun, claimRun, extendRun, failRun, finishRun } from "#lib/jobs/job-run.ts";
import { log } from "#lib/log.ts";

/** What a round of publication came to; slugs of authorities. */
export interface CrlRound {
  published: string[];
  failed: string[];
}

/** A run whose process is gone begins again after so long. */
const LEASE_MS = 10_000;
const EXTENDED_EVERY_MS = 3_000;

/** What is left to do after a publication may hold up the next round for so long; the rest is done then. */
const SETTLING_MS = 2_000;

const actor = systemActor("publication");

/**
 * Publishes the CRL of every authority for which it is due (RFC 5280 §5), each by exactly one instance: whoever
 * claims the run that replaces the list in force. Called several times a second. A failure is recorded with the authority
 * and hinders no other.
 *
 * @returns the authorities whose list was published or failed in this round, by this instance
 */
export async function publishDueCrls(installation: Installation): Promise<CrlRound> {
  const round: CrlRound = { published: [], failed: [] };
  const states = await crlStates(installation);
  const now = installation.clock.now();
  const builder = crlBuilder(installation);
  try {
    // A short list does not wait for a long one.
    const due = states.filter((each) => isDue(each, now));
    for (const state of due.toSorted((a, b) => (a.crl?.size ?? 0) - (b.crl?.size ?? 0))) {
      const outcome = await publishOnce(installation, builder, state);
      if (outcome !== null) round[outcome].push(state.slug);
    }
    await settle(installation, builder, states, round);
  } finally {
    await builder.close();
  }
  return round;
}

async function publishOnce(
  installation: Installation,
  builder: CrlBuilder,
  state: CrlState,
): Promise<keyof CrlRound | null> {
  const key = `publish-crl@${state.authorityId}@${state.number}`;
  const run = await claimRun(installation, key, newId(), LEASE_MS);
  if (run === null) return null;
  const extending = setInterval(() => {
    extendRun(installation, run, LEASE_MS).catch((error: unknown) =>
      log("authority").warn({ err: error }, "the claim of a CRL's publication could not be prolonged"),
    );
  }, EXTENDED_EVERY_MS);
  try {
    const now = installation.clock.now();
    const built = await builder.build({
      crlId: newId(),
      authorityId: state.authorityId,
      number: nextCrlNumber(await lastNumber(installation, state), now),
      now,
      life: state.life,
      previous: state.crl?.thisUpdate ?? null,
    });
    return (await putInForce(installation, run, state, built, now)) ? "published" : null;
  } catch (error) {
    log("authority").error({ err: error, authority: state.slug }, "a CRL could not be published");
    await recordFailure(installation, run, state, error);
    return "failed";
  } finally {
    clearInterval(extending);
  }
}

/** The largest number under the authority's name and key (RFC 5280 §5.2.3), its own or another authority's. */
async function lastNumber(
  { database: { read } }: Installation,
  { authorityId, number }: CrlState,
): Promise<bigint> {
  const same = (await sameIssuers(read, [authorityId])).get(authorityId) ?? [];
  const { _max } = await read.crlPublication.aggregate({
    where: { authorityId: { in: same } },
    _max: { number: true },
  });
  return _max.number === null || _max.number < number ? number : _max.number;
}

/** The one moment at which a list takes the place of the one before. @returns false when another has done so */
async function putInForce(
  installation: Installation,
  run: ClaimedRun,
  { authorityId, slug, name, number: replaced }: CrlState,
  built: BuiltCrl,
  readAt: Date,
): Promise<boolean> {
  const now = installation.clock.now();
  const published = await installation.database.write(async (transaction) => {
    const present = await transaction.crlPublication.findUniqueOrThrow({ where: { authorityId } });
    if (present.number !== replaced || (await isNumberTaken(transaction, authorityId, built.number)))
      return false;
    if (!(await finishRun(transaction, run, now))) return false;
    await transaction.crlPublication.update({
      where: { authorityId },
      data: {
        crlId: built.crlId,
        number: built.number,
        published: built.changes,
        // What changed while the list was built did so after its rows were read.
        pendingSince: present.changes === built.changes ? null : readAt,
        failingSince: null,
        failure: "",
      },
    });
    await transaction.ground.update({ where: { id: 1 }, data: { revocations: { increment: 1 } } });
    await appendAudit(transaction, actor, now, {
      action: "crl.published",
      object: { kind: "authority", id: authorityId, name },
      details: {
        authority: slug,
        number: built.number.toString(),
        entries: built.entries,
        size: built.size,
        thisUpdate: built.thisUpdate.toISOString(),
        nextUpdate: built.nextUpdate.toISOString(),
      },
    });
    return true;
  });
  forgetRevocationCounter(installation);
  return published;
}

/** Whether another authority of the same name and key has published under this number, or a larger one. */
async function isNumberTaken(
  transaction: Transaction,
  authorityId: string,
  number: bigint,
): Promise<boolean> {
  const same = (await sameIssuers(transaction, [authorityId])).get(authorityId) ?? [];
  if (same.length < 2) return false;
  const taken = { authorityId: { in: same, not: authorityId }, number: { gte: number } };
  return (await transaction.crlPublication.count({ where: taken })) > 0;
}

/** Reasons are shown; a long one says no more. */
const FAILURE_LENGTH_MAX = 300;

async function recordFailure(
  installation: Installation,
  run: ClaimedRun,
  { authorityId, failingSince }: CrlState,
  error: unknown,
): Promise<void> {
  const failure = (error instanceof Error ? error.message : String(error)).slice(0, FAILURE_LENGTH_MAX);
  try {
    await failRun(installation, run, failure);
    await installation.database.write((transaction) =>
      transaction.crlPublication.updateMany({
        where: { authorityId },
        data: { failingSince: failingSince ?? installation.clock.now(), failure },
      }),
    );
  } catch (cause) {
    // The database itself is away: the claim ends by itself, and /readyz says what is the matter.
    log("authority").warn({ err: cause }, "the failure of a publication could not be recorded");
  }
}

/** Other processes end before they have settled what they published. */
const LOOKED_BEHIND_EVERY_MS = 60_000;

interface Unsettled {
  authorityIds: Set<string>;
  /** When this process last looked what was left behind, by `performance.now()`. */
  lookedAt: number;
}

const unsettled = new WeakMap<Database, Unsettled>();

async function settle(
  installation: Installation,
  builder: CrlBuilder,
  states: readonly CrlState[],
  { published }: CrlRound,
): Promise<void> {
  const { database, clock } = installation;
  const known = unsettled.get(database) ?? {
    authorityIds: new Set<string>(),
    lookedAt: Number.NEGATIVE_INFINITY,
  };
  unsettled.set(database, known);
  const open = known.authorityIds;
  if (performance.now() - known.lookedAt > LOOKED_BEHIND_EVERY_MS) {
    for (const authorityId of await leftBehind(database, states)) open.add(authorityId);
    known.lookedAt = performance.now();
  }
  for (const { slug, authorityId } of states) if (published.includes(slug)) open.add(authorityId);
  const until = performance.now() + SETTLING_MS;
  for (const authorityId of open) {
    const patience = until - performance.now();
    if (patience <= 0) return;
    if (await builder.settle(authorityId, clock.now(), patience)) open.delete(authorityId);
  }
}

/** What a process that is gone did not settle, found without starting a thread for it. */
async function leftBehind({ read }: Database, states: readonly CrlState[]): Promise<Set<string>> {
  const open = new Set<string>();
  for (const { authorityId, number, published } of states) {
    const replaced = await read.crl.count({ where: { authorityId, number: { lt: number } } });
    // They are marked from the oldest to the newest, so the newest tells whether all are.
    const newest = await read.revocation.findFirst({
      where: { issuerId: authorityId, change: { lte: published } },
      orderBy: { change: "desc" },
      select: { publishedAt: true },
    });
    if (replaced > 0 || newest?.publishedAt === null) open.add(authorityId);
  }
  return open;
}
