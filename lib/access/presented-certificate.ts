import type { PresentedCertificate, PresentedName } from "#lib/access/decide/request.ts";
import { keyStrength } from "#lib/access/key-strength.ts";
import { DomainError } from "#lib/errors.ts";
import {
  type ParsedCertificate,
  readForeignCertificate,
  verifyCertificateSignature,
} from "#lib/x509/certificate-reader.ts";
import { compareBytes } from "#lib/x509/der-writer.ts";
import { commonName } from "#lib/x509/name.ts";

/** An authority by whose key signatures are checked. */
export interface KnownIssuer {
  id: string;
  /** DER Name. */
  subjectDer: Uint8Array;
  spki: Uint8Array;
}

/** What a certificate says and who signed it; whether it was revoked is another question. */
export type ReadCertificate = Omit<PresentedCertificate, "revocation"> & {
  /** Lower-case hex; with the issuer it names the certificate where revocations are recorded. */
  serial: string;
};

/**
 * Reads a certificate that a proxy passed on, and finds the authority that signed it: by its name, and by its
 * signature, as anybody may write any issuer into a certificate.
 *
 * @param der as it came
 * @param issuersOf authorities of a DER Name
 * @returns null when it is no certificate
 */
export function readPresented(
  der: Uint8Array,
  issuersOf: (subjectDer: Uint8Array) => readonly KnownIssuer[],
): ReadCertificate | null {
  try {
    const parsed = readForeignCertificate(der);
    // Bytes behind the certificate would give it another fingerprint, and so another identity.
    if (compareBytes(parsed.der, der) !== 0) return null;
    const issuer = issuersOf(parsed.issuerDer).find(({ spki }) => verifyCertificateSignature(der, spki));
    return saidBy(parsed, issuer?.id ?? null);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/**
 * The same of a certificate of the inventory, where it stands by whom it was signed.
 *
 * @param issuer the authority that signed it
 */
export function readRecorded(der: Uint8Array, issuer: string): ReadCertificate | null {
  try {
    return saidBy(readForeignCertificate(der), issuer);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

function saidBy(parsed: ParsedCertificate, issuer: string | null): ReadCertificate {
  return {
    sha256: parsed.sha256,
    keySha256: parsed.spkiSha256,
    names: namesOf(parsed),
    issuer,
    serial: parsed.serialNumber,
    notBefore: parsed.notBefore.getTime(),
    notAfter: parsed.notAfter.getTime(),
    isForClients: isForClients(parsed),
    strength: keyStrength(parsed.spki),
  };
}

/** RFC 5280 §4.2.1.12: no extension allows everything. An authority's certificate is nobody's identity. */
function isForClients({ isCa, extendedKeyUsage: usage }: ParsedCertificate): boolean {
  return !isCa && (usage === null || usage.includes("clientAuth") || usage.includes("anyExtendedKeyUsage"));
}

/** Alternative names in their order, the common name last. */
function namesOf({ names, subject }: ParsedCertificate): PresentedName[] {
  const found: PresentedName[] = [];
  for (const name of names) {
    if (name.type === "uri") found.push({ type: "uri", value: name.value });
    if (name.type === "dns") found.push({ type: "dns", value: name.value.toLowerCase() });
  }
  const common = commonName(subject);
  if (common) found.push({ type: "commonName", value: common });
  return found;
}
