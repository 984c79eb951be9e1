import type { Server } from "node:https";
import { listenerCredential } from "#lib/authority/listener-credential.ts";
import { selfSignedCredential } from "#lib/authority/self-signed-credential.ts";
import { threadedIssuer } from "#lib/authority/threaded-issuer.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

const CHECK_EVERY_MS = 60_000;

/** Before set-up is finished: whoever just finished it should not wait long for our own certificate. */
const CHECK_BEFORE_SETUP_MS = 2_000;

/** What the console presents until its own certificate is there: see selfSignedCredential. */
export async function firstCredential(installation: Installation): Promise<{ key: string; cert: string }> {
  return selfSignedCredential(installation.config, installation.clock.now());
}

/**
 * Presents the certificate of our own server authority as soon as there is one, and each renewal of
 * it, without a restart: connections that are open keep the one they began with.
 *
 * @returns ends it
 */
export function keepPresenting(installation: Installation, server: Server): () => Promise<void> {
  const issuer = threadedIssuer();
  let shown = "";
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const check = async () => {
    try {
      const own = await listenerCredential(installation, issuer, "console");
      if (own !== null && own.certificateChain !== shown) {
        server.setSecureContext({ key: own.key, cert: own.certificateChain, minVersion: "TLSv1.2" });
        shown = own.certificateChain;
      }
    } catch (error) {
      log("server").error(
        { err: error },
        "the console's certificate could not be renewed; trying again soon",
      );
    }
    if (!ended) timer = setTimeout(() => void check(), shown === "" ? CHECK_BEFORE_SETUP_MS : CHECK_EVERY_MS);
  };
  void check();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await issuer.close();
  };
}
