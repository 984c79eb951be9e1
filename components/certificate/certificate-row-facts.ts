import type { Risk } from "#lib/inventory/certificate-risks.ts";
import type { CertificateStatus } from "#lib/inventory/certificate-status.ts";

/** What the list shows of a certificate: no more than that is sent to the browser. */
export interface CertificateRowFacts {
  id: string;
  serial: string;
  displayName: string;
  subject: string;
  /** In words: an authority's name, the name in the certificate, or "itself". */
  issuer: string;
  profile: string | null;
  kind: "end-entity" | "authority";
  notBefore: Date;
  notAfter: Date;
  status: CertificateStatus;
  replacedById: string | null;
  risks: Risk[];
  owner: string;
  tags: string[];
  source: string;
  createdAt: Date;
  lastSeenAt: Date | null;
  lastSeenWhere: string | null;
  /** Alternative names besides the one shown: the first of them, and how many there are. */
  otherNames: { first: string[]; count: number };
}
