import { DomainError } from "../errors.ts";
import { keyIdentifier } from "./certificate.ts";
import {
  type ParsedCertificate,
  readForeignCertificate,
  verifyCertificateSignature,
} from "./certificate-reader.ts";
import { compareBytes } from "./der-writer.ts";
import { toHex } from "./hex.ts";
import { verifySignature } from "./key.ts";
import { decodeName, namesEqual } from "./name.ts";
import type { CertIdIssuer } from "./ocsp-cert-id.ts";
import type { OcspAnswer } from "./ocsp-response-reader.ts";

/** Whether an answer may be believed. */
export type OcspTrust =
  /** Null: the authority has signed itself; else the certificate of its delegate. */
  { isTrusted: true; delegate: ParsedCertificate | null } | { isTrusted: false; problem: OcspProblem };

/** Why an answer may not be believed. */
export type OcspProblem =
  /** The responder is not the authority, and sent no certificate that is its own. */
  | "unknown-responder"
  /** The delegate's certificate is not by the authority that issued the certificate in question. */
  | "foreign-delegate"
  /** The delegate's certificate is not for OCSP signing. */
  | "no-ocsp-signing"
  | "delegate-expired"
  | "bad-signature";

/**
 * Whether the authority answered, or somebody to whom it delegated answering (RFC 6960 §4.2.2.2): by a certificate that
 * it issued itself, for OCSP signing, valid now. The times of the answer and its nonce are the caller's to judge.
 *
 * @param issuer of the certificates in question
 */
export function checkOcspAnswer(answer: OcspAnswer, issuer: CertIdIssuer, now: Date): OcspTrust {
  if (isResponder(answer, issuer)) {
    return isSignedBy(answer, issuer.spki)
      ? { isTrusted: true, delegate: null }
      : { isTrusted: false, problem: "bad-signature" };
  }
  const delegate = delegateIn(answer);
  if (delegate === null) return { isTrusted: false, problem: "unknown-responder" };
  const problem = problemOf(answer, delegate, issuer, now);
  return problem === null ? { isTrusted: true, delegate } : { isTrusted: false, problem };
}

function problemOf(
  answer: OcspAnswer,
  delegate: ParsedCertificate,
  issuer: CertIdIssuer,
  now: Date,
): OcspProblem | null {
  const byIssuer =
    sameName(delegate.issuerDer, issuer.subject) && verifyCertificateSignature(delegate.der, issuer.spki);
  if (!byIssuer) return "foreign-delegate";
  if (!delegate.extendedKeyUsage?.includes("ocspSigning")) return "no-ocsp-signing";
  if (now < delegate.notBefore || now > delegate.notAfter) return "delegate-expired";
  return isSignedBy(answer, delegate.spki) ? null : "bad-signature";
}

/** The certificate sent along that belongs to the responder. */
function delegateIn(answer: OcspAnswer): ParsedCertificate | null {
  for (const der of answer.certificates) {
    const certificate = orNull(() => readForeignCertificate(der));
    if (certificate === null) continue;
    if (isResponder(answer, { subject: certificate.subjectDer, spki: certificate.spki })) return certificate;
  }
  return null;
}

function isResponder({ responder }: OcspAnswer, { subject, spki }: CertIdIssuer): boolean {
  if (responder.kind === "name") return sameName(responder.name, subject);
  return orNull(() => toHex(keyIdentifier(spki))) === responder.keyHash;
}

function sameName(left: Uint8Array, right: Uint8Array): boolean {
  if (compareBytes(left, right) === 0) return true;
  return orNull(() => namesEqual(decodeName(left), decodeName(right))) ?? false;
}

function isSignedBy({ signatureAlgorithm, tbs, signature }: OcspAnswer, spki: Uint8Array): boolean {
  if (signatureAlgorithm === null) return false;
  return orNull(() => verifySignature(signatureAlgorithm, spki, tbs, signature)) ?? false;
}

/** What others sent may be unreadable in any part; then that part proves nothing. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
