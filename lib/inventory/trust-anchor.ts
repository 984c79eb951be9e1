import { DomainError } from "#lib/errors.ts";
import { type ParsedCertificate, readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { isSelfIssued } from "#lib/x509/path-faults.ts";

/**
 * Whether relying parties can trust what stands below a certificate: it says that it is an authority, or it is a
 * root of version 1, which cannot say it.
 *
 * @param der the certificate
 */
export function isAnchor(der: Uint8Array): boolean {
  let parsed: ParsedCertificate;
  try {
    parsed = readForeignCertificate(der);
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
  return parsed.isCa || (parsed.version === 1 && isSelfIssued(parsed));
}
