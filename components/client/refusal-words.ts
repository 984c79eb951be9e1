import { FETCH_LATE_MS } from "#components/proxy/proxy-words.ts";
import { relativeTime } from "#components/ui/time-format.ts";
import type { Tone } from "#components/ui/tone.ts";
import type { FrontProxy } from "#lib/access/proxy-files.ts";

/** A list is made anew within so long after a change. */
const MADE_WITHIN_MS = 5_000;

/** What is true of proxies in general, where it is not looked up how far each has come. */
export const REFUSAL_WORDS =
  "Proxies that ask refuse it within a second; those that decide from a file, once they have the next version.";

/**
 * Whether a proxy refuses a client that is not to enter any more: at once where it asks, and with a list from the
 * version on that says so.
 *
 * @param since when the client was refused here
 */
export function refusalAt(list: FrontProxy["list"], since: Date, now: Date): { tone: Tone; words: string } {
  if (list === null) return { tone: "ok", words: "refuses it now" };
  const { fetchedVersion, newestVersion, fetchedAt, liveVersion } = list;
  const number = (version: number) => version.toLocaleString("en");
  const has = `has version ${number(liveVersion ?? fetchedVersion)}, the newest is ${number(newestVersion)}`;
  if (fetchedAt < since) {
    return {
      tone: now.getTime() - fetchedAt.getTime() > FETCH_LATE_MS ? "critical" : "warn",
      words: `may still let it in: fetched last ${relativeTime(fetchedAt, now)}, ${has}`,
    };
  }
  const isMade = fetchedAt.getTime() >= since.getTime() + MADE_WITHIN_MS;
  if (isMade && fetchedVersion >= newestVersion && liveVersion === fetchedVersion) {
    return { tone: "ok", words: `refuses it now, with version ${number(fetchedVersion)}` };
  }
  if (isMade && fetchedVersion >= newestVersion && liveVersion === null) {
    return {
      tone: "warn",
      words: `has the newest version, ${number(fetchedVersion)}, and did not say that it uses it`,
    };
  }
  return { tone: "warn", words: `may still let it in: ${has}` };
}
