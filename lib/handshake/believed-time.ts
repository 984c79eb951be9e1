import type { EventTime } from "./event-time.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Zones are whole quarters of an hour. */
const ZONE_STEP_MS = 15 * MINUTE_MS;
const ZONES_MS = 14 * 60 * MINUTE_MS;
/** Clocks differ by so much, and lines take so long to come, when all is well. */
const AHEAD_MS = 5 * SECOND_MS;
const LATE_MS = MINUTE_MS;
/** What is older is not kept anyhow: rather the clock is wrong. */
const OLDEST_MS = 90 * 24 * 60 * MINUTE_MS;

/**
 * When an event happened, in milliseconds, as far as its line is believed: a line without a zone that differs from its
 * arrival by whole quarters of an hour is of another zone, and nothing happens after it was told of.
 *
 * @param time as the line says it
 * @param receivedAt when it came, in milliseconds
 */
export function believedTime({ at, zone }: EventTime, receivedAt: number): number {
  if (at === null || !Number.isFinite(at)) return receivedAt;
  return Math.floor(amended(at, zone, receivedAt));
}

function amended(at: number, zone: EventTime["zone"], receivedAt: number): number {
  const late = receivedAt - at;
  if (late >= -AHEAD_MS && late <= LATE_MS) return Math.min(at, receivedAt);
  if (zone === "assumed" && Math.abs(late) <= ZONES_MS + LATE_MS) {
    const shift = Math.floor((late + AHEAD_MS) / ZONE_STEP_MS) * ZONE_STEP_MS;
    if (late - shift <= LATE_MS) return Math.min(at + shift, receivedAt);
  }
  return late < 0 || late > OLDEST_MS ? receivedAt : at;
}
