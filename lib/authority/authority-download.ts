import { authorityPath, getAuthority, trustBundle } from "#lib/authority/authority-read.ts";
import type { Download } from "#lib/authority/certificate-download.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** The forms in which an authority's certificate is handed out. */
export const AUTHORITY_DOWNLOADS = {
  pem: { meaning: "its certificate, PEM" },
  der: { meaning: "its certificate, DER" },
  bundle: { meaning: "trust bundle: it and those above it up to the root, PEM" },
} as const;

export type AuthorityDownloadForm = keyof typeof AUTHORITY_DOWNLOADS;

const PEM_TYPE = "application/x-pem-file";

/**
 * An authority's certificate, or what a relying party loads to trust it, as a file.
 *
 * @param idOrSlug the authority
 * @throws DomainError `notFound`
 */
export async function downloadAuthority(
  installation: Installation,
  actor: Actor,
  idOrSlug: string,
  form: AuthorityDownloadForm,
): Promise<Download> {
  authorize(actor, "authority:read");
  const { slug } = await getAuthority(installation, actor, idOrSlug);
  const [certificate] = await authorityPath(installation, slug);
  if (certificate === undefined) throw new DomainError("notFound", "There is no such authority.");
  switch (form) {
    case "pem":
      return file(encodePem("CERTIFICATE", certificate), PEM_TYPE, `${slug}.pem`);
    case "der":
      return { body: new Uint8Array(certificate), type: "application/pkix-cert", fileName: `${slug}.crt` };
    case "bundle":
      return file(await trustBundle(installation, slug), PEM_TYPE, `${slug}-bundle.pem`);
  }
}

function file(text: string, type: string, fileName: string): Download {
  return { body: new TextEncoder().encode(text), type, fileName };
}
