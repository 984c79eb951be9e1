import type { ProxyArrivals } from "#lib/access/proxy-arrivals.ts";

/** What came from a proxy since somebody pressed the button. */
export interface Arrival {
  /** It asked, or was seen otherwise. */
  isSeen: boolean;
  /** Somebody was decided about, or recorded. */
  isAsked: boolean;
  /** It fetched a list. */
  isFetched: boolean;
}

/** Tells what is new from what was there before. @param since when the button was pressed, by the clock of the server */
export function arrivalSince(
  { lastSeenAt, decisions, callers, files }: Omit<ProxyArrivals, "at" | "lastSeenFrom">,
  since: Date,
): Arrival {
  const isAsked = [...decisions.map(({ lastAt }) => lastAt), ...callers.map((each) => each.lastSeenAt)].some(
    (at) => at >= since,
  );
  const isFetched = files.some(({ fetchedAt }) => fetchedAt >= since);
  return { isSeen: isAsked || isFetched || (lastSeenAt !== null && lastSeenAt >= since), isAsked, isFetched };
}
