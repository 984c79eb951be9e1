import { spokenDuration } from "#lib/authority/spoken-duration.ts";

export interface LifetimeBounds {
  minSeconds: number;
  defaultSeconds: number;
  maxSeconds: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Lifetimes that people ask for; 398 days is the longest that browsers take from public authorities. */
const PRESETS = [HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 180 * DAY, 365 * DAY, 398 * DAY];

/** What is offered under a profile: the usual lifetime, what is customary between its bounds, the longest. */
export function lifetimePresets(bounds: LifetimeBounds): { seconds: number; label: string }[] {
  const { minSeconds, defaultSeconds, maxSeconds } = bounds;
  const offered = new Set([
    defaultSeconds,
    maxSeconds,
    ...PRESETS.filter((s) => s >= minSeconds && s <= maxSeconds),
  ]);
  return [...offered]
    .sort((a, b) => a - b)
    .map((seconds) => ({
      seconds,
      label: `${spokenDuration(seconds)}${seconds === defaultSeconds ? ", the usual" : seconds === maxSeconds ? ", the longest" : ""}`,
    }));
}

/** The units in which a lifetime is typed. */
export const LIFETIME_UNITS = { minutes: 60, hours: HOUR, days: DAY } as const;
export type LifetimeUnit = keyof typeof LIFETIME_UNITS;

/**
 * Seconds of a typed lifetime, or a sentence why it cannot be.
 *
 * @param amount as typed
 */
export function readLifetime(
  amount: string,
  unit: LifetimeUnit,
  bounds: LifetimeBounds,
): { seconds: number } | { problem: string } {
  const seconds = Number(amount) * LIFETIME_UNITS[unit];
  const allowed = `${spokenDuration(bounds.minSeconds)} to ${spokenDuration(bounds.maxSeconds)}`;
  if (!/^\d{1,6}$/.test(amount.trim()))
    return { problem: `Give a whole number; the profile allows ${allowed}.` };
  if (seconds < bounds.minSeconds || seconds > bounds.maxSeconds) {
    return { problem: `${spokenDuration(seconds)} is outside what the profile allows: ${allowed}.` };
  }
  return { seconds };
}
