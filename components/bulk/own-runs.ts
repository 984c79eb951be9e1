"use client";

/**
 * The runs that were started in this window: their page goes on with them by itself, also when it is loaded
 * again. On any other page of a run somebody has to say "continue".
 */
const KEY = "countersign-bulk-run:";

export function noteStarted(run: string): void {
  sessionStorage.setItem(KEY + run, "1");
}

export function wasStartedHere(run: string): boolean {
  return sessionStorage.getItem(KEY + run) !== null;
}

export function forgetStarted(run: string): void {
  sessionStorage.removeItem(KEY + run);
}
