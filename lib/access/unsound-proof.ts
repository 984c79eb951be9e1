import { proofStandings } from "#lib/access/proof-standing.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/** A certificate, or its key, before it is to prove a client. */
export interface ProofInQuestion {
  kind: "certificate" | "key";
  /** Of the certificate or of its public key. */
  sha256: string;
  /** Of the certificate that somebody chose. */
  notAfter: Date;
}

/**
 * Why nobody would get in with a certificate or a key as things are.
 *
 * @returns a sentence; null when nothing is known against it
 * @throws DomainError `forbidden`
 */
export async function unsoundProof(
  { database, clock }: Installation,
  actor: Actor,
  { kind, sha256, notAfter }: ProofInQuestion,
): Promise<string | null> {
  authorize(actor, "client:read");
  const now = clock.now();
  const credential = {
    id: "",
    kind,
    sha256,
    nameType: "",
    nameValue: "",
    authorityId: null,
    lastUsedAt: null,
  };
  const found = (await proofStandings(database, [credential], now)).get(credential.id)?.standing ?? "unknown";
  const isPast = kind === "certificate" && notAfter.getTime() + 1_000 <= now.getTime();
  const standing = found === "unknown" && isPast ? "expired" : found;
  const what = kind === "certificate" ? "The certificate" : "Whatever certificate of the key is known here";
  if (standing === "held") return `${what} is on hold: nobody gets in with it until the hold is lifted.`;
  if (standing === "revoked") return `${what} is revoked: nobody gets in with it.`;
  // A key goes on with the next certificate.
  if (standing === "expired" && kind === "certificate") {
    return "The certificate has expired: nobody gets in with it.";
  }
  return null;
}
