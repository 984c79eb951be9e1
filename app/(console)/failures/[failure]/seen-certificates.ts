import type { SeenCertificate } from "#components/failures/failure-facts.tsx";
import type { UserActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import type { ShownFailure } from "#lib/handshake/failure-read.ts";
import { installation } from "#lib/installation.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";

/** A client that renews while it fails has a few; more would hide what is beside them. */
const SHOWN_MAX = 4;

/** Certificates by which a failure was seen, the last one first, as far as the inventory still has them. */
export async function seenCertificates(
  actor: UserActor,
  { certificateId, certificates }: ShownFailure,
): Promise<SeenCertificate[]> {
  const ids = [...new Set([...(certificateId === null ? [] : [certificateId]), ...certificates])];
  const found = await Promise.all(ids.slice(0, SHOWN_MAX).map((id) => seen(actor, id)));
  return found.filter((each) => each !== null);
}

async function seen(actor: UserActor, id: string): Promise<SeenCertificate | null> {
  try {
    const { displayName, issuerName, notAfter } = await getCertificate(installation(), actor, id);
    return { id, name: displayName, issuer: issuerName, notAfter };
  } catch (error) {
    if (error instanceof DomainError && error.code === "notFound") return null;
    throw error;
  }
}
