import type { PublishedRevocation } from "#components/revocation/crl-card.tsx";
import { importedAuthorities } from "#lib/authority/authority-import.ts";
import { crlFetches } from "#lib/authority/crl-fetches.ts";
import { type CrlHealth, crlHealth } from "#lib/authority/crl-health.ts";
import { ocspResponders } from "#lib/authority/ocsp-responders.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

const WORST_FIRST: readonly CrlHealth["state"][] = ["missing", "expired", "late", "due", "ok"];

/** What every authority publishes of revocation, the worst first. */
export async function publishedRevocation(
  installation: Installation,
  actor: Actor,
): Promise<(PublishedRevocation & { authorityId: string })[]> {
  authorize(actor, "certificate:read");
  const [crls, responders, fetches, imported] = await Promise.all([
    crlHealth(installation),
    ocspResponders(installation, actor),
    crlFetches(installation, actor),
    importedAuthorities(installation, actor),
  ]);
  return crls
    .map((crl) => ({
      ...crl,
      number: crl.number.toString(),
      isImported: imported.has(crl.authorityId),
      address: `${installation.config.protocolUrl}/crl/${crl.slug}.crl`,
      fetched: {
        crl: fetches.get(`${crl.slug}.crl`) ?? null,
        bundle: fetches.get(`${crl.slug}.pem`) ?? null,
      },
      responder: responders.find(({ authorityId }) => authorityId === crl.authorityId) ?? null,
    }))
    .sort((one, other) => WORST_FIRST.indexOf(one.state) - WORST_FIRST.indexOf(other.state));
}
