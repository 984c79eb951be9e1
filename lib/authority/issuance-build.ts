import type { CatalogueAuthority } from "#lib/authority/catalogue.ts";
import type { IssuancePlan } from "#lib/authority/issuance-check.ts";
import { addressExtensions } from "#lib/authority/published-addresses.ts";
import { DomainError } from "#lib/errors.ts";
import { encodeTbsCertificate, keyIdentifier } from "#lib/x509/certificate.ts";

import type { ParsedCertificate } from "#lib/x509/certificate-reader.ts";
import { lintCertificate } from "#lib/x509/lint.ts";

/**
 * Builds and lints the to-be-signed bytes of an end-entity certificate (RFC 5280 §4.1).
 *
 * @param serialNumber lower-case hex
 * @throws DomainError `policyViolation` with every finding of severity error: nothing that breaks
 *   a rule is ever signed
 */
export function buildToBeSigned(
  plan: IssuancePlan,
  authority: CatalogueAuthority,
  serialNumber: string,
): Uint8Array {
  const toBeSigned = encodeTbsCertificate({
    serialNumber,
    issuer: authority.subjectDer,
    subject: plan.subject,
    notBefore: plan.notBefore,
    notAfter: plan.notAfter,
    spki: plan.spki,
    signatureAlgorithm: authority.signer.algorithm,
    extensions: {
      basicConstraints: { ca: false },
      // keyEncipherment is for RSA key transport only, which TLS 1.2 still has.
      keyUsage: plan.keyAlgorithm.startsWith("rsa-")
        ? ["digitalSignature", "keyEncipherment"]
        : ["digitalSignature"],
      extendedKeyUsage: plan.usages.map((usage) => (usage === "server" ? "serverAuth" : "clientAuth")),
      subjectAlternativeNames: plan.names,
      subjectKeyIdentifier: keyIdentifier(plan.spki),
      authorityKeyIdentifier: authority.subjectKeyIdentifier,
      ...addressExtensions(authority, authority.parsed.keyUsage),
    },
  });
  assertLintClean(toBeSigned, authority.parsed);
  return toBeSigned;
}

/**
 * Refuses bytes that break a rule of ours.
 *
 * @param issuer for the rules between the two; absent for a root
 * @throws DomainError `policyViolation`
 */
export function assertLintClean(toBeSigned: Uint8Array, issuer?: ParsedCertificate): void {
  const errors = lintCertificate(toBeSigned, issuer === undefined ? {} : { issuer }).filter(
    (finding) => finding.severity === "error",
  );
  if (errors.length === 0) return;
  throw new DomainError(
    "policyViolation",
    `The certificate would break ${errors.length === 1 ? "a rule" : `${errors.length} rules`}: ${errors.map((finding) => `${finding.detail} (RFC ${finding.section})`).join(" ")}`,
    {
      violations: errors.map((finding) => ({ field: "csr", rule: finding.rule, detail: finding.detail })),
    },
  );
}
