import type { Diagnosis } from "./diagnosis.ts";
import type { Finding } from "./observation.ts";
import type { WholeHandshake } from "./whole-handshake.ts";

/**
 * Whether a handshake is one that somebody has to look at.
 *
 * A connection that ended without a word is: a client that refuses the server's certificate looks just as a health check
 * or a scanner does, and whoever left those out would hide an incident. All of them together are one failure, which can
 * be muted. What only began is not, since a log may tell no more of a handshake that went well; nor is what happened to
 * a connection after its handshake.
 */
export function becomesFailure(
  { finding, outcome, proxy, observations }: WholeHandshake,
  { cause }: Pick<Diagnosis, "cause">,
): boolean {
  if (cause === "none") return false;
  // It went well, and should not have.
  if (cause === "revocation-not-checked") return true;
  if (finding === null) return outcome === "refused";
  // Where a certificate is optional, one that was found bad may have been let in all the same.
  if (outcome === "accepted") return finding.kind === "verify";
  const isAnswer = proxy === "nginx" && observations.every(({ log }) => log === "access");
  return !(isAnswer && isUnexplained(finding));
}

/**
 * A status 400 whose page is none of those with which nginx refuses a certificate: as a rule an application's answer to
 * a request that it did not like.
 */
function isUnexplained(finding: Finding): boolean {
  return finding.kind === "reason" && finding.reason === "not-said" && finding.words === "";
}
