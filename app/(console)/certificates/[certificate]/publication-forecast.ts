import type { PublicationForecast } from "#components/revocation/revocation-dialog-facts.ts";
import { crlHealth } from "#lib/authority/crl-health.ts";
import { restSeconds } from "#lib/authority/crl-times.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";

/** When verifiers learn of a change of a certificate that was just made. @param id of the certificate */
export async function publicationForecast(
  installation: Installation,
  actor: Actor,
  id: string,
): Promise<PublicationForecast> {
  const [{ issuer }, crls] = await Promise.all([
    getCertificate(installation, actor, id),
    crlHealth(installation),
  ]);
  const crl = crls.find(({ authorityId }) => authorityId === issuer?.id);
  return { crlSeconds: restSeconds(crl ?? { size: 0 }), oldCrlUntil: crl?.nextUpdate ?? null };
}
