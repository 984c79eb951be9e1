import { CAUSES, type Cause } from "./causes.ts";

/**
 * How much a failure fails now. Each event weighs half as much an hour later. What is kept is the logarithm of the sum
 * of weights that *grow* by the time instead: the order of two failures stays what it is without anybody touching them,
 * so that an index holds it.
 */

const HOUR_MS = 3_600_000;

/** The heat of events. @param times of each, in milliseconds; at least one */
export function heatOf(times: readonly number[]): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const time of times) latest = Math.max(latest, time);
  let sum = 0;
  for (const time of times) sum += 2 ** ((time - latest) / HOUR_MS);
  return latest / HOUR_MS + Math.log2(sum);
}

/** The heat of both together. */
export function joinedHeat(a: number, b: number): number {
  return Math.max(a, b) + Math.log2(1 + 2 ** -Math.abs(a - b));
}

/** Events an hour at that time, the last hours counting most. @param at in milliseconds */
export function rateOf(heat: number, at: number): number {
  return 2 ** (heat - at / HOUR_MS) * Math.LN2;
}

/**
 * By what lists are sorted: a client that is ours is worse than a stranger, and a stranger than a scanner. In steps, so
 * that what goes on failing as before stays in its place in the indexes for some minutes.
 */
export function rankOf(heat: number, cause: Cause, isClients: boolean): number {
  const rank = heat + (isClients ? KNOWN : 0) - (!isClients && isNoise(cause) ? NOISE : 0);
  return Math.floor(rank * STEPS) / STEPS;
}

const STEPS = 8;

/** Binary logarithms: sixteen times as often. */
const KNOWN = 4;
const NOISE = 4;

function isNoise(cause: Cause): boolean {
  return cause === "not-tls" || CAUSES[cause].acts === "network";
}

/** Whether a muted failure comes so much more often than when it was muted that somebody should look. */
export function isWorse(rate: number, rateAtMuting: number): boolean {
  return rate >= Math.max(2 * rateAtMuting, rateAtMuting + 3);
}
