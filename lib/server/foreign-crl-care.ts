import { applyCrlSources, fetchDueCrls } from "#lib/authority/crl-source-fetch.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/** How soon a certificate that is imported shows that its issuer revoked it. */
const EVERY_MS = 5_000;

const ENDS_WITHIN_MS = 3_000;

/**
 * Follows the CRLs of foreign authorities, beside all other work of the plane: their servers may be slow. What is here
 * is shown meanwhile.
 *
 * @returns a function that ends it, and waits for what is under way
 */
export function followForeignCrls(installation: Installation): () => Promise<void> {
  const ends = [repeat(() => fetchDueCrls(installation)), repeat(() => applyCrlSources(installation))];
  return async () => {
    // A server that does not answer must not hold up the end; what was claimed is done again later.
    const patience = new Promise((resolve) => setTimeout(resolve, ENDS_WITHIN_MS).unref());
    await Promise.race([Promise.all(ends.map((end) => end())), patience]);
  };
}

/** @returns a function that ends it, and waits for what is under way */
function repeat(work: () => Promise<void>): () => Promise<void> {
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async () => {
    try {
      await work();
    } catch (error) {
      log("server").error({ err: error }, "looking after foreign CRLs failed; trying again soon");
    }
    if (ended) return;
    timer = setTimeout(() => {
      underWay = round();
    }, EVERY_MS);
  };
  let underWay = round();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await underWay;
  };
}
