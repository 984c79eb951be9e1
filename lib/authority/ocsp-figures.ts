import {
  addCounts,
  LATENCY_BOUNDS_MS,
  noCounts,
  type OcspCounts,
  type OcspTally,
  type VerdictCounts,
  WINDOW_MINUTES,
} from "#lib/authority/ocsp-tally.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * What the instances of the protocol plane answered lately, for whoever is in another process: each writes its
 * counts into a row of its own, so that none stands in the way of another and their sum is the whole.
 */

const PREFIX = "ocsp-figures@";
const AFTER_PREFIX = "ocsp-figuresA";

/** How often an instance writes while it is asked. */
const NOTE_EVERY_MS = 10_000;

/** An instance that wrote nothing for so long was not asked, or is gone. */
const SILENT_MS = 30_000;

/** What instances that are gone have counted is told for a day. */
const KEPT_MS = 86_400_000;

interface Noted {
  /** Milliseconds since 1970, as is the next. */
  at: number;
  startedAt: number;
  total: OcspCounts;
  recent: OcspCounts;
}

/**
 * Writes an instance's counts, every ten seconds at most and only when they have changed.
 *
 * @returns a function for the loop that looks after everything
 */
export function ocspFigureKeeper(installation: Installation, tally: OcspTally): () => Promise<void> {
  const key = `${PREFIX}${newId()}`;
  let notedAt = Number.NEGATIVE_INFINITY;
  let noted = "";
  return async () => {
    if (performance.now() - notedAt < NOTE_EVERY_MS) return;
    const counts = { startedAt: tally.startedAt, total: tally.total(), recent: tally.recent() };
    if (counts.total.answers === 0) return;
    notedAt = performance.now();
    const text = JSON.stringify(counts);
    if (text === noted) return;
    const at = Date.now();
    const value = JSON.stringify({ at, ...counts } satisfies Noted);
    await installation.database.write(async (transaction) => {
      if (noted === "") await forgetOldOnes(installation, transaction, at);
      await transaction.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
    });
    noted = text;
  };
}

async function forgetOldOnes(
  installation: Installation,
  transaction: Parameters<Parameters<Installation["database"]["write"]>[0]>[0],
  at: number,
): Promise<void> {
  const old = (await readNoted(installation)).filter((row) => at - row.at > KEPT_MS);
  await transaction.setting.deleteMany({ where: { key: { in: old.map(({ key }) => key) } } });
}

async function readNoted({ database }: Installation): Promise<(Noted & { key: string })[]> {
  const rows = await database.read.setting.findMany({ where: { key: { gte: PREFIX, lt: AFTER_PREFIX } } });
  return rows.map(({ key, value }) => ({ key, ...(JSON.parse(value) as Noted) }));
}

/** How the OCSP responders are used. */
export interface OcspFigures {
  /** Answers per second in the last five minutes, all instances together. */
  perSecond: number;
  /** Within which time half, and all but a hundredth, of them were made; null when there were none. */
  latencyMs: { p50: number; p99: number } | null;
  /** By the slug of the authority: in the last five minutes, and since `since`. */
  authorities: Record<string, { perSecond: number; recent: VerdictCounts; total: VerdictCounts }>;
  /** Requests that could not be answered, since `since`. */
  errors: OcspCounts["errors"];
  /** Since when the totals count: the start of the oldest instance that is told of; null when there is none. */
  since: Date | null;
}

/**
 * How the OCSP responders are used, at most ten seconds old.
 *
 * @throws DomainError `forbidden`
 */
export async function ocspFigures(installation: Installation, actor: Actor): Promise<OcspFigures> {
  authorize(actor, "authority:read");
  const now = Date.now();
  const rows = (await readNoted(installation)).filter(({ at }) => now - at <= KEPT_MS);
  const [recent, total] = [noCounts(), noCounts()];
  for (const row of rows) {
    addCounts(total, row.total);
    if (now - row.at <= SILENT_MS) addCounts(recent, row.recent);
  }
  const seconds = secondsOf(rows, now);
  const none: VerdictCounts = { good: 0, revoked: 0, unknown: 0 };
  return {
    perSecond: recent.answers / seconds,
    latencyMs:
      recent.answers === 0
        ? null
        : { p50: quantile(recent.latency, 0.5), p99: quantile(recent.latency, 0.99) },
    authorities: Object.fromEntries(
      Object.entries(total.authorities).map(([slug, counts]) => {
        const lately = recent.authorities[slug] ?? none;
        const answered = lately.good + lately.revoked + lately.unknown;
        return [slug, { perSecond: answered / seconds, recent: lately, total: counts }];
      }),
    ),
    errors: total.errors,
    since: rows.length === 0 ? null : new Date(Math.min(...rows.map(({ startedAt }) => startedAt))),
  };
}

/** The span that the recent counts are of: shorter when everybody has just started. */
function secondsOf(rows: readonly Noted[], now: number): number {
  const alive = rows.filter(({ at }) => now - at <= SILENT_MS);
  const oldest = Math.min(now, ...alive.map(({ startedAt }) => startedAt));
  return Math.min(WINDOW_MINUTES * 60, Math.max(1, (now - oldest) / 1000));
}

/** The bound below which the share of all lies; twice the last bound for what lies beyond. */
function quantile(latency: readonly number[], share: number): number {
  const all = latency.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [index, count] of latency.entries()) {
    seen += count;
    if (seen >= all * share) return LATENCY_BOUNDS_MS[index] ?? 2 * (LATENCY_BOUNDS_MS.at(-1) ?? 0);
  }
  return 0;
}
