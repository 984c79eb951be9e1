import type { PublicationForecast } from "#components/revocation/revocation-dialog-facts.ts";
import { crlStates } from "#lib/authority/crl-state.ts";
import { DEBOUNCE_SECONDS } from "#lib/authority/crl-times.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";

/** When verifiers learn of a change of a certificate that was just made. @param id of the certificate */
export async function publicationForecast(
  installation: Installation,
  actor: Actor,
  id: string,
): Promise<PublicationForecast> {
  const [{ issuer }, states] = await Promise.all([
    getCertificate(installation, actor, id),
    crlStates(installation),
  ]);
  const state = states.find(({ authorityId }) => authorityId === issuer?.id);
  return { crlSeconds: DEBOUNCE_SECONDS, oldCrlUntil: state?.crl?.nextUpdate ?? null };
}
