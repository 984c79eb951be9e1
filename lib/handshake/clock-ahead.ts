import type { Cause } from "./causes.ts";
import type { Verdict } from "./diagnosis.ts";
import { type EventTime, spoken, ZONES_MS } from "./event-time.ts";

/** Clocks differ by so much when all is well. */
const USUAL_MS = 10 * 60_000;

const HOUR_MS = 3_600_000;

/** What a proxy finds with its own clock. */
const TIMED: ReadonlySet<Cause> = new Set<Cause>([
  "client-certificate-expired",
  "client-certificate-not-yet-valid",
  "authority-expired",
  "trust-anchor-expired",
  "crl-expired",
  "upstream-certificate-expired",
]);

/**
 * A line that is dated later than it came was written by a clock that is wrong: then nothing that the proxy found
 * expired need be so.
 *
 * @param receivedAt in milliseconds
 */
export function withClock(verdict: Verdict, time: EventTime, receivedAt: number): Verdict {
  const slack = USUAL_MS + (time.zone === "said" ? 0 : ZONES_MS);
  if (time.at === null || time.at - receivedAt <= slack) return verdict;
  const hours = Math.round((time.at - receivedAt) / HOUR_MS);
  const ahead = hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
  const said = `The line is dated ${spoken(time.at)}, and came ${ahead} earlier: the proxy's clock is ahead.`;
  const known = [said, ...verdict.known];
  const isTimed = verdict.causes.some((cause) => TIMED.has(cause));
  if (!isTimed || verdict.certainty !== "certain") return { ...verdict, known };
  return { ...verdict, known, certainty: "one-of", question: "Is it expired by a clock that is right?" };
}
