/**
 * The clock is passed in wherever time matters, so that tests decide what time it is.
 * Times are whole seconds: certificates cannot hold more (RFC 5280 §4.1.2.5).
 */
export interface Clock {
  /** The present time, truncated to the second. */
  now(): Date;
}

/** Cuts a time to whole seconds. */
export function truncateToSecond(time: Date): Date {
  return second(time.getTime());
}

const second = (ms: number) => new Date(Math.floor(ms / 1000) * 1000);

/** The machine's clock. */
export const systemClock: Clock = { now: () => second(Date.now()) };

/** A clock that stands still at a given time, for tests. */
export function fixedClock(time: Date | string): Clock {
  const at = truncateToSecond(new Date(time));
  return { now: () => new Date(at) };
}

/** Adds a number of seconds to a time. */
export function addSeconds(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
