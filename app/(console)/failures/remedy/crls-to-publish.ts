import { type AuthorityView, listAuthorities } from "#lib/authority/authority-read.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import type { Found } from "./found.ts";

/**
 * The CRLs that a proxy needs: of the authority that it is about and of all above, as far as their keys are here. With
 * those of others their page helps.
 *
 * @param certificate of that authority, or one that it issued
 */
export async function crlsToPublish(
  here: Installation,
  actor: UserActor,
  certificate: CertificateDetail | null,
): Promise<Found> {
  const all = await listAuthorities(here, actor);
  const issuer =
    all.find(({ certificateId }) => certificateId === certificate?.id) ??
    all.find(({ id }) => id === certificate?.issuer?.id);
  if (issuer === undefined) {
    return certificate === null
      ? { offer: { do: "open", label: "See all CRLs", href: "/revocation" } }
      : {
          offer: { do: "open", label: "CRLs of other authorities", href: "/revocation/sources" },
          note: `${certificate.kind === "authority" ? certificate.displayName : certificate.issuerName} publishes its CRL by itself: fetch it there, or have it followed here.`,
        };
  }
  const chain = chainOf(issuer, all).map(({ id, slug, name }) => ({ id, slug, name }));
  return {
    offer: {
      do: "publish",
      authorities: chain,
      // With those above it, as OpenSSL wants one of every authority.
      address: `${here.config.protocolUrl}/crl/${issuer.slug}.pem`,
    },
  };
}

function chainOf(authority: AuthorityView, all: readonly AuthorityView[]): AuthorityView[] {
  const above = all.find(({ id }) => id === authority.parentId);
  return above === undefined ? [authority] : [authority, ...chainOf(above, all)];
}
