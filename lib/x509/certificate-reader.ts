import { DomainError, malformed } from "../errors.ts";
import { type Defect, type DerValue, readDer } from "./der-reader.ts";
import { type ExtensionValueOf, extensionValue } from "./extension-reader.ts";
import { sha1Fingerprint, sha256Fingerprint, spkiSha256 } from "./fingerprint.ts";
import type { AnyGeneralName } from "./general-name.ts";
import { verifySignature } from "./key.ts";
import type { KeyUsage } from "./key-usage.ts";
import type { NameConstraints } from "./name-constraints-encoding.ts";
import { decodePem, looksLikePem } from "./pem.ts";
import { readSignatureAlgorithm } from "./signature-algorithm.ts";
import { readTbsCertificate, type TbsCertificate } from "./tbs-reader.ts";

/** A certificate with everything that it says. */
export interface ParsedCertificate extends TbsCertificate {
  der: Uint8Array;
  /** The to-be-signed bytes. */
  tbs: Uint8Array;
  /** The AlgorithmIdentifier outside the signed part; must equal the one inside (RFC 5280 §4.1.1.2). */
  outerAlgorithmDer: Uint8Array;
  signature: Uint8Array;
  /** Lower-case hexadecimal. */
  sha256: string;
  sha1: string;
  spkiSha256: string;
  /** Subject alternative names; empty when there are none or they are malformed. */
  names: AnyGeneralName[];
  isCa: boolean;
  pathLength: number | null;
  /** Null when there is no such extension: then every usage is allowed. */
  keyUsage: KeyUsage[] | null;
  extendedKeyUsage: string[] | null;
  /** Lower-case hexadecimal. */
  subjectKeyIdentifier: string | null;
  authorityKeyIdentifier: string | null;
  crlDistributionPoints: string[];
  authorityInfoAccess: { ocsp: string[]; caIssuers: string[] };
  nameConstraints: NameConstraints | null;
}

/** Larger than any certificate in use; an ML-DSA-87 one with its names has 8 KB. */
const MAX_BYTES = 256 * 1024;

/**
 * Reads a certificate. A malformed extension becomes that extension's `finding`; only what holds the
 * certificate together can make it fail as a whole.
 *
 * @param der the certificate
 * @param field the input field that errors name
 * @throws DomainError malformed or tooLarge
 */
export function parseCertificate(der: Uint8Array, field = "certificate"): ParsedCertificate {
  return parsed(der, certificateParts(der, field));
}

/**
 * Reads a certificate that somebody else made, as far as it can be read: odd encodings, times in unusual
 * forms, text that is not of its type and the like are no failure. `lintCertificate` tells of them.
 *
 * @throws DomainError malformed or tooLarge for what has not the parts of a certificate
 */
export function readForeignCertificate(der: Uint8Array, field = "certificate"): ParsedCertificate {
  return parsed(der, certificateParts(der, field, []));
}

function parsed(der: Uint8Array, parts: CertificateParts): ParsedCertificate {
  const tbs = readTbsCertificate(parts.tbs);
  const { extensions } = tbs;
  const basicConstraints = extensionValue(extensions, "basicConstraints");
  const access = extensionValue(extensions, "authorityInformationAccess");
  return {
    ...tbs,
    der,
    tbs: parts.tbs.der,
    outerAlgorithmDer: parts.algorithm.der,
    signature: parts.signature,
    sha256: sha256Fingerprint(der),
    sha1: sha1Fingerprint(der),
    spkiSha256: spkiSha256(tbs.spki),
    names: extensionValue(extensions, "subjectAlternativeName")?.names ?? [],
    isCa: basicConstraints?.ca ?? false,
    pathLength: basicConstraints?.pathLength ?? null,
    keyUsage: extensionValue(extensions, "keyUsage")?.usages ?? null,
    extendedKeyUsage: extensionValue(extensions, "extendedKeyUsage")?.purposes ?? null,
    subjectKeyIdentifier: extensionValue(extensions, "subjectKeyIdentifier")?.keyIdentifier ?? null,
    authorityKeyIdentifier: extensionValue(extensions, "authorityKeyIdentifier")?.keyIdentifier ?? null,
    crlDistributionPoints: extensionValue(extensions, "crlDistributionPoints")?.urls ?? [],
    authorityInfoAccess: accessOf(access),
    nameConstraints: extensionValue(extensions, "nameConstraints")?.constraints ?? null,
  };
}

function accessOf(access: ExtensionValueOf<"authorityInformationAccess"> | null) {
  return { ocsp: access?.ocsp ?? [], caIssuers: access?.caIssuers ?? [] };
}

/** The three members of a Certificate (RFC 5280 §4.1). */
interface CertificateParts {
  tbs: DerValue;
  algorithm: DerValue;
  signature: Uint8Array;
}

/** @param defects where a tolerant reading notes what it reads over; absent: strict */
function certificateParts(der: Uint8Array, field: string, defects?: Defect[]): CertificateParts {
  const options = { maxBytes: MAX_BYTES, ...(defects === undefined ? {} : { defects }) };
  const fields = readDer(der, field, options).fields("certificate");
  const tbs = fields.next("body");
  const algorithm = fields.next("signature algorithm");
  const signature = fields.next("signature").octetsOfBitString("signature");
  fields.end();
  return { tbs, algorithm, signature };
}

/**
 * The certificates in what somebody pastes or uploads: one in DER, or one or more in PEM. Comments between
 * PEM blocks are allowed, as bundles carry them.
 *
 * @param options `field` for errors; `maxCertificates`, default 1000
 * @throws DomainError malformed or tooLarge
 */
export function parseCertificates(
  input: Uint8Array | string,
  options: { field?: string; maxCertificates?: number } = {},
): ParsedCertificate[] {
  const { field = "certificate", maxCertificates = 1000 } = options;
  if (typeof input !== "string" && !looksLikePem(input)) return [parseCertificate(input, field)];
  const text = typeof input === "string" ? input : new TextDecoder("latin1").decode(input);
  return decodePem(text, { field, allowComments: true, maxBlocks: maxCertificates }).map(({ label, der }) => {
    if (label !== "CERTIFICATE" && label !== "X509 CERTIFICATE") {
      throw malformed(field, "rfc7468.5", `The ${field} has a PEM block ${label} where CERTIFICATE belongs.`);
    }
    return parseCertificate(der, field);
  });
}

/**
 * Whether the certificate's signature was made by the owner of the issuer's key.
 *
 * @param der the certificate
 * @param issuerSpki DER of the issuer's SubjectPublicKeyInfo
 * @returns false also for algorithms we do not know and keys we cannot use
 * @throws DomainError malformed when `der` is no certificate
 */
export function verifyCertificateSignature(der: Uint8Array, issuerSpki: Uint8Array): boolean {
  const { tbs, algorithm, signature } = certificateParts(der, "certificate", []);
  try {
    const known = readSignatureAlgorithm(algorithm, "signature algorithm");
    if (known === null) return false;
    return verifySignature(known, issuerSpki, tbs.der, signature);
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
