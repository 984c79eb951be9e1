import { authorityPath } from "#lib/authority/authority-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReferredTo } from "#lib/inventory/certificate-reference.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { encodePkcs7 } from "#lib/x509/pkcs7.ts";

/** The forms in which a certificate is handed out. One table: file ending, media type, what it is. */
export const DOWNLOADS = {
  pem: { ending: "crt", type: "application/x-pem-file", meaning: "the certificate, PEM" },
  chain: { ending: "chain.pem", type: "application/x-pem-file", meaning: "the intermediates, PEM" },
  fullchain: {
    ending: "fullchain.pem",
    type: "application/x-pem-file",
    meaning: "certificate and intermediates, PEM: what a server or client presents",
  },
  der: { ending: "der", type: "application/pkix-cert", meaning: "the certificate, DER" },
  p7b: { ending: "p7b", type: "application/pkcs7-mime", meaning: "certificate and whole chain, PKCS#7" },
} as const;

export type DownloadForm = keyof typeof DOWNLOADS;

export interface Download {
  body: Uint8Array<ArrayBuffer>;
  type: string;
  fileName: string;
}

/**
 * A certificate as a file.
 *
 * @param reference id, serial number or SHA-256 fingerprint
 * @throws DomainError `notFound`
 */
export async function downloadCertificate(
  installation: Installation,
  actor: Actor,
  reference: string,
  form: DownloadForm,
): Promise<Download> {
  authorize(actor, "certificate:read");
  const row = await installation.database.read.certificate.findFirst({
    where: await isReferredTo(installation, reference),
    select: { body: true, issuerId: true, displayName: true },
  });
  if (row === null) throw new DomainError("notFound", "There is no such certificate.");
  const above = row.issuerId === null ? [] : await authorityPath(installation, row.issuerId);
  const { ending, type } = DOWNLOADS[form];
  return { body: encode(form, row.body, above), type, fileName: `${fileStem(row.displayName)}.${ending}` };
}

function encode(
  form: DownloadForm,
  certificate: Uint8Array<ArrayBuffer>,
  above: Uint8Array[],
): Uint8Array<ArrayBuffer> {
  // The last of them is the root, which relying parties must have already.
  const intermediates = above.slice(0, -1);
  switch (form) {
    case "der":
      return certificate;
    case "pem":
      return pem([certificate]);
    case "chain":
      return pem(intermediates);
    case "fullchain":
      return pem([certificate, ...intermediates]);
    case "p7b":
      return new Uint8Array(encodePkcs7([certificate, ...above]));
  }
}

const pem = (certificates: Uint8Array[]) =>
  new TextEncoder().encode(certificates.map((der) => encodePem("CERTIFICATE", der)).join(""));

/** A name that is safe in a file system, in a command line and in a Content-Disposition header. */
export function fileStem(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9._-]+/g, "_")
      .replace(/^[._]+|[._]+$/g, "")
      .slice(0, 80) || "certificate"
  );
}
