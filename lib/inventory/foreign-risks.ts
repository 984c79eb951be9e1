import { ownRisks, type Risk } from "#lib/inventory/certificate-risks.ts";
import type { ParsedCertificate } from "#lib/x509/certificate-reader.ts";
import { compareBytes } from "#lib/x509/der-writer.ts";
import type { Finding } from "#lib/x509/lint-rule.ts";

/** Signatures made with MD2, MD4 or MD5, which are not even verified here (RFC 3279 §2.2.1, RFC 6151). */
const BROKEN_SIGNATURES: ReadonlySet<string> = new Set([
  "1.2.840.113549.1.1.2",
  "1.2.840.113549.1.1.3",
  "1.2.840.113549.1.1.4",
]);

/** Rules whose breach is told as a weak key, or which say only what we ourselves offer. */
const NOT_FINDINGS: ReadonlySet<string> = new Set(["rfc5280.4.1.2.7.key", "rfc5280.4.1.2.3.algorithm-weak"]);

/**
 * The risks that a foreign certificate shows by itself.
 *
 * @param findings of the lint
 * @param facts as the inventory holds them
 */
export function foreignRisks(
  parsed: ParsedCertificate,
  findings: readonly Finding[],
  facts: { kind: "end-entity" | "authority"; notBefore: Date; notAfter: Date },
): Risk[] {
  const isUnknownKey = parsed.key.algorithm === null && parsed.key.bits === 0;
  return ownRisks({
    ...facts,
    isWeak: hasWeakKey(parsed) || hasWeakSignature(parsed),
    hasFindings: findings.some(
      ({ rule, severity }) => severity === "error" && (isUnknownKey || !NOT_FINDINGS.has(rule)),
    ),
  });
}

function hasWeakKey({ key: { label, bits } }: ParsedCertificate): boolean {
  if (label === "DSA") return true;
  const enough = label.startsWith("RSA") ? 2048 : 256;
  return bits > 0 && bits < enough;
}

/** That of a root on itself does not count: nobody trusts it for having signed itself. */
function hasWeakSignature(parsed: ParsedCertificate): boolean {
  if (compareBytes(parsed.issuerDer, parsed.subjectDer) === 0) return false;
  return parsed.signatureAlgorithm?.weak === true || BROKEN_SIGNATURES.has(parsed.signatureAlgorithmOid);
}
