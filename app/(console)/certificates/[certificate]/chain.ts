import { authorityPath, listAuthorities } from "#lib/authority/authority-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import { type ParsedCertificate, parseCertificate } from "#lib/x509/certificate-reader.ts";
import { commonName, formatName } from "#lib/x509/name.ts";

/** One certificate above another. */
export interface ChainLink {
  name: string;
  parsed: ParsedCertificate;
  /** Signed by itself: where trust begins. */
  isRoot: boolean;
  /** The page of the authority, when it is one of ours. */
  href: string | null;
}

/** The certificates above one, up to the root. Empty for a root itself. */
export async function chainAbove(
  installation: Installation,
  actor: Actor,
  certificate: CertificateDetail,
): Promise<ChainLink[]> {
  if (certificate.issuer === null) return [];
  const [path, authorities] = await Promise.all([
    authorityPath(installation, certificate.issuer.id),
    listAuthorities(installation, actor),
  ]);
  return path
    .map((der) => parseCertificate(der))
    .filter((parsed) => parsed.sha256 !== certificate.sha256)
    .map((parsed) => {
      const ours = authorities.find((authority) => authority.sha256 === parsed.sha256);
      return {
        name: ours?.name ?? commonName(parsed.subject) ?? formatName(parsed.subject),
        parsed,
        isRoot: formatName(parsed.subject) === formatName(parsed.issuer),
        href: ours === undefined ? null : `/authorities/${ours.slug}`,
      };
    });
}
