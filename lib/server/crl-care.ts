import { crlFetchKeeper } from "#lib/authority/crl-fetches.ts";
import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import type { Installation } from "#lib/installation.ts";
import { forgetOldRuns } from "#lib/jobs/job-run.ts";
import { log } from "#lib/log.ts";
import { crlFailures } from "#lib/protocol/crl-metrics.ts";

/** How long a revocation may wait until somebody looks, which is one small query. */
const EVERY_MS = 250;

const FORGET_EVERY_MS = 3_600_000;

/**
 * Publishes CRLs whenever one is due, beside all other work of the plane, so that nothing holds it up.
 *
 * @returns after the first round, so that a start publishes what is due; `end` waits for the round that is under way
 */
export async function publishCrlsFromNow(installation: Installation): Promise<{ end(): Promise<void> }> {
  const keepFetches = crlFetchKeeper(installation);
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let forgetAt = performance.now();
  let underWay = Promise.resolve();
  const round = async () => {
    try {
      const { failed } = await publishDueCrls(installation);
      for (const authority of failed) crlFailures.inc({ authority });
      await keepFetches();
      if (forgetAt <= performance.now()) {
        await forgetOldRuns(installation);
        forgetAt = performance.now() + FORGET_EVERY_MS;
      }
    } catch (error) {
      log("server").error({ err: error }, "looking for CRLs to publish failed; trying again soon");
    }
    if (!ended) timer = setTimeout(begin, EVERY_MS);
  };
  const begin = () => {
    underWay = round();
  };
  begin();
  await underWay;
  return {
    async end() {
      ended = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
