import type { Installation } from "#lib/installation.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { formatName } from "#lib/x509/name.ts";

/** An authority of ours, as certificates are recognised that it signed. */
export interface OwnAuthority {
  id: string;
  /** As `formatName` writes it. */
  subject: string;
  /** DER of its SubjectPublicKeyInfo. */
  spki: Uint8Array;
}

/** Every authority whose key we hold. */
export async function ownAuthorities(installation: Installation): Promise<OwnAuthority[]> {
  const rows = await installation.database.read.authority.findMany({
    select: { id: true, certificate: { select: { body: true } } },
  });
  return rows.map(({ id, certificate }) => {
    const { subject, spki } = readForeignCertificate(certificate.body);
    return { id, subject: formatName(subject), spki };
  });
}
