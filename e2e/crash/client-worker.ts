import { issueForNewClient, rotateByIssuing } from "#lib/access/client-issue.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { installation } from "#lib/installation.ts";

/** Creates clients with certificates and rotates them, several at once, until this process is killed. */
const AT_ONCE = 4;

const here = installation();
const context = { installation: here, issuer: inlineIssuer(here) };
const actor = systemActor("crash");
const certificate = {
  key: { from: "server", keyAlgorithm: "ecdsa-p256" },
  provenBy: "certificate",
} as const;

async function work(place: number): Promise<never> {
  for (let count = 0; ; count++) {
    const name = `client ${process.pid} ${place} ${count}`;
    let { credentialId } = await issueForNewClient(context, actor, { client: { name } }, certificate);
    for (const overlap of ["1h", "now"] as const) {
      const terms = { certificate, overlap, revokesOld: overlap === "now" };
      ({ credentialId } = await rotateByIssuing(context, actor, credentialId, terms));
      process.stdout.write("done\n");
    }
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, (_, place) => work(place)));
