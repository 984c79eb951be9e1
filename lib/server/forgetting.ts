import { forgetOldUse } from "#lib/access/use-forget.ts";
import { forgetOldEvents } from "#lib/handshake/forget-events.ts";
import type { Installation } from "#lib/installation.ts";
import { doChores } from "#lib/server/chores.ts";

/** How often it is asked whether somebody has forgotten in this hour, or these minutes; and when there was too much. */
const EVERY_MS = 600_000;
const AGAIN_MS = 30_000;

/** A start has more urgent work. */
const FIRST_MS = 30_000;

/**
 * Forgets old use of clients and old handshakes, beside all other work of the plane: there may be much of both.
 *
 * @returns a function that ends it, and waits for the slice that is under way
 */
export function forgetFromNow(installation: Installation): () => Promise<void> {
  const ended = new AbortController();
  let underWay = Promise.resolve();
  let timer: NodeJS.Timeout;
  const round = async () => {
    let isMore = false;
    await doChores({
      "forgetting old use of clients": () => forgetOldUse(installation, ended.signal),
      "forgetting old handshakes": async () => {
        isMore = await forgetOldEvents(installation, ended.signal);
      },
    });
    if (!ended.signal.aborted) later(isMore ? AGAIN_MS : EVERY_MS);
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
