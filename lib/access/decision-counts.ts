import { DENIALS, type Decision, PERMITS } from "#lib/access/decide/decision.ts";

/** How many decisions this process has made, by their reason. Counted thousands of times a second, read when asked. */
export class DecisionCounts {
  readonly #counts = new Map<string, number>([...PERMITS, ...DENIALS].map((reason) => [reason, 0]));

  #failedOpenAt = Number.NEGATIVE_INFINITY;

  count(reason: Decision["reason"]): void {
    if (reason === "fail-open") this.#failedOpenAt = performance.now();
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** Every reason with its count, also those that did not occur. */
  get all(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get total(): number {
    return this.#counts.values().reduce((sum, count) => sum + count, 0);
  }

  /** Who was let in because nobody could decide. */
  get failOpen(): number {
    return this.#counts.get("fail-open") ?? 0;
  }

  /** How long ago that was the last time, in milliseconds; infinite when it never was. */
  get sinceFailOpenMs(): number {
    return performance.now() - this.#failedOpenAt;
  }
}
