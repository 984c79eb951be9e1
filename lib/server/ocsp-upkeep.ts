import { ocspFigureKeeper } from "#lib/authority/ocsp-figures.ts";
import { renewOcspResponders } from "#lib/authority/ocsp-responder-credential.ts";
import type { OcspTally } from "#lib/authority/ocsp-tally.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/** A new authority is answered for within this time. */
const EVERY_MS = 1_000;

/**
 * Looks after the OCSP responders: their certificates, and the figures that others see of them.
 *
 * @returns a function that ends it, and waits for what is under way
 */
export function keepOcspResponders(installation: Installation, tally: OcspTally): () => Promise<void> {
  const noteFigures = ocspFigureKeeper(installation, tally);
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const care = async () => {
    try {
      await renewOcspResponders(installation);
      await noteFigures();
    } catch (error) {
      log("server").error({ err: error }, "looking after the OCSP responders failed; trying again soon");
    }
    if (ended) return;
    timer = setTimeout(() => {
      underWay = care();
    }, EVERY_MS);
  };
  let underWay = care();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await underWay;
  };
}
