import { setImmediate as nextTurn } from "node:timers/promises";

/** How long work may go on before others have their turn, in milliseconds. */
const LONGEST_MS = 10;

let latest = 0;

/**
 * Lets the event loop go round when it has not done so for a while. Work that awaits nothing but SQLite, which
 * answers at once, holds everybody else up until it ends: requests, timers, and the finalizers by which the
 * statements that it used give back their memory (some 12 kB each, which no garbage collection frees without a turn).
 */
export async function letOthersRun(): Promise<void> {
  if (performance.now() - latest < LONGEST_MS) return;
  await nextTurn();
  latest = performance.now();
}
