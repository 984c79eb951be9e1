/** Counts stop here: nobody counts a million rows for a screen. */
const BOUND = 1_000;

/** A count that was stopped over its bound: "1,000+". */
export function boundedCount(count: number): string {
  return count > BOUND ? `${BOUND.toLocaleString("en")}+` : count.toLocaleString("en");
}
