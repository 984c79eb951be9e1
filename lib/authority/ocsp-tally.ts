import type { OcspAnswer, OcspVerdict } from "#lib/authority/ocsp-answer.ts";
import type { OcspErrorStatus } from "#lib/x509/ocsp-response.ts";

/** Upper bounds of the groups by which the time to an answer is counted, in milliseconds; the last has none. */
export const LATENCY_BOUNDS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000] as const;

/** How far the recent figures reach back. */
export const WINDOW_MINUTES = 5;

/** Certificates that were answered about, of one authority. */
export type VerdictCounts = Record<OcspVerdict["status"], number>;

/** What was counted in a span of time. */
export interface OcspCounts {
  /** Answers that say something, or nothing. */
  answers: number;
  /** By the slug of the authority. */
  authorities: Record<string, VerdictCounts>;
  errors: Partial<Record<OcspErrorStatus, number>>;
  /** One for each of LATENCY_BOUNDS_MS, and one for what took longer. */
  latency: number[];
}

/** Nothing yet. */
export function noCounts(): OcspCounts {
  return { answers: 0, authorities: {}, errors: {}, latency: LATENCY_BOUNDS_MS.map(() => 0).concat(0) };
}

/** Adds counts to others. */
export function addCounts(to: OcspCounts, more: OcspCounts): void {
  to.answers += more.answers;
  for (const [slug, counts] of Object.entries(more.authorities)) {
    const sum = countsOf(to, slug);
    sum.good += counts.good;
    sum.revoked += counts.revoked;
    sum.unknown += counts.unknown;
  }
  for (const [error, count] of Object.entries(more.errors) as [OcspErrorStatus, number][]) {
    to.errors[error] = (to.errors[error] ?? 0) + count;
  }
  for (const [index, count] of more.latency.entries()) to.latency[index] = (to.latency[index] ?? 0) + count;
}

function countsOf(counts: OcspCounts, slug: string): VerdictCounts {
  let found = counts.authorities[slug];
  if (found === undefined) {
    found = { good: 0, revoked: 0, unknown: 0 };
    counts.authorities[slug] = found;
  }
  return found;
}

/** Counts the answers of this process: since it started, and minute by minute for the last few. */
export class OcspTally {
  readonly startedAt = Date.now();
  /** What the minutes counted that are no longer among the last few. */
  readonly #earlier = noCounts();
  readonly #minutes: { minute: number; counts: OcspCounts }[] = [];

  /** @param milliseconds from the whole request to the answer */
  count({ verdicts, error }: OcspAnswer, milliseconds: number): void {
    const counts = this.#thisMinute();
    let group = 0;
    while (group < LATENCY_BOUNDS_MS.length && milliseconds > (LATENCY_BOUNDS_MS[group] ?? 0)) group++;
    counts.answers++;
    counts.latency[group] = (counts.latency[group] ?? 0) + 1;
    if (error !== null) counts.errors[error] = (counts.errors[error] ?? 0) + 1;
    for (const { authority, status } of verdicts) countsOf(counts, authority)[status]++;
  }

  /** Everything since the process started. */
  total(): OcspCounts {
    return this.#sum(this.#earlier, Number.NEGATIVE_INFINITY);
  }

  /** What was counted in the last minutes, the present one included. */
  recent(): OcspCounts {
    return this.#sum(noCounts(), minuteOf(Date.now()) - WINDOW_MINUTES);
  }

  #sum(before: OcspCounts, from: number): OcspCounts {
    const sum = noCounts();
    addCounts(sum, before);
    for (const { minute, counts } of this.#minutes) if (minute > from) addCounts(sum, counts);
    return sum;
  }

  #thisMinute(): OcspCounts {
    const minute = minuteOf(Date.now());
    const newest = this.#minutes.at(-1);
    if (newest?.minute === minute) return newest.counts;
    const counts = noCounts();
    this.#minutes.push({ minute, counts });
    const oldest = this.#minutes.length > WINDOW_MINUTES ? this.#minutes.shift() : undefined;
    if (oldest !== undefined) addCounts(this.#earlier, oldest.counts);
    return counts;
  }
}

const minuteOf = (milliseconds: number) => Math.floor(milliseconds / 60_000);
