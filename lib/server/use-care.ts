import { forgetOldUse } from "#lib/access/use-forget.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/** How often it is asked whether somebody has forgotten in this hour. */
const EVERY_MS = 600_000;

/** A start has more urgent work. */
const FIRST_MS = 30_000;

/**
 * Forgets old use of clients, beside all other work of the plane: there may be much of it.
 *
 * @returns a function that ends it, and waits for the slice that is under way
 */
export function forgetUseFromNow(installation: Installation): () => Promise<void> {
  const ended = new AbortController();
  let underWay = Promise.resolve();
  let timer: NodeJS.Timeout;
  const round = async () => {
    try {
      await forgetOldUse(installation, ended.signal);
    } catch (error) {
      log("server").error({ err: error }, "old use of clients could not be forgotten; trying again later");
    }
    if (!ended.signal.aborted) later(EVERY_MS);
  };
  const later = (ms: number) => {
    timer = setTimeout(() => {
      underWay = round();
    }, ms);
  };
  later(FIRST_MS);
  return async () => {
    ended.abort();
    clearTimeout(timer);
    await underWay;
  };
}
