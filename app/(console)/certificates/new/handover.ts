import { fileStem } from "#lib/authority/certificate-download.ts";
import type { Adjustment } from "#lib/authority/issuance-check.ts";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import { displayName } from "#lib/authority/issuance-record.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** What the page needs of a new certificate to hand it over; no key. */
export interface Handover {
  id: string;
  name: string;
  /** Beginning of the names of its files. */
  fileStem: string;
  /** PEM: the certificate, then the intermediates. */
  fullchain: string;
  adjustments: readonly Adjustment[];
}

export function handoverOf(issued: IssuedCertificate): Handover {
  const { subject, names } = parseCertificate(issued.certificate);
  const name = displayName({ subject, names: names as GeneralName[] });
  return {
    id: issued.id,
    name,
    fileStem: fileStem(name),
    fullchain: [issued.certificate, ...issued.chain].map((der) => encodePem("CERTIFICATE", der)).join(""),
    adjustments: issued.adjustments,
  };
}
