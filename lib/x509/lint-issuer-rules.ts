import { compareBytes } from "./der-writer.ts";
import type { GeneralName } from "./general-name.ts";
import { error, type LintRule, type LintSubject } from "./lint-rule.ts";
import { violatesNameConstraints } from "./name-constraints.ts";

function issuable(subject: LintSubject): GeneralName[] {
  const names = subject.value("subjectAlternativeName")?.names ?? [];
  return names.filter((name): name is GeneralName => ["dns", "ip", "uri", "email"].includes(name.type));
}

/** Rules between a certificate and its issuer's; they say nothing when the issuer is not given (RFC 5280 §6). */
export const ISSUER_RULES: readonly LintRule[] = [
  error("rfc5280.4.1.2.4.issuer-name", "5280 §4.1.2.4", ({ tbs, issuer }) =>
    issuer === undefined || compareBytes(tbs.issuerDer, issuer.subjectDer) === 0
      ? null
      : "The issuer name is not, byte for byte, the subject of the issuer's certificate.",
  ),
  error("rfc5280.4.2.1.1.aki-matches", "5280 §4.2.1.1", (subject) => {
    const identifier = subject.value("authorityKeyIdentifier")?.keyIdentifier ?? null;
    const expected = subject.issuer?.subjectKeyIdentifier ?? null;
    if (identifier === null || expected === null || identifier === expected) return null;
    return "The authority key identifier differs from the issuer's subject key identifier.";
  }),
  error("rfc5280.6.1.3.validity", "5280 §6.1.3", ({ tbs, issuer }) =>
    issuer === undefined || tbs.notAfter.getTime() <= issuer.notAfter.getTime()
      ? null
      : `The certificate would outlive its issuer's, which ends at ${issuer.notAfter.toISOString()}.`,
  ),
  error("rfc5280.6.1.4.issuer-ca", "5280 §6.1.4", ({ issuer }) =>
    issuer === undefined || (issuer.isCa && (issuer.keyUsage?.includes("keyCertSign") ?? true))
      ? null
      : "The issuer's certificate is not one of an authority that may sign certificates.",
  ),
  error("rfc5280.4.2.1.9.path-length", "5280 §4.2.1.9", (subject) => {
    const allowed = subject.issuer?.pathLength ?? null;
    if (allowed === null || !subject.isCa || (subject.selfIssued && allowed > 0)) return null;
    if (allowed === 0) return "The issuer's path length is 0: no authority may stand below it.";
    const own = subject.value("basicConstraints")?.pathLength ?? null;
    return own !== null && own < allowed
      ? null
      : `The path length must be below the issuer's, which is ${allowed}.`;
  }),
  error("rfc5280.4.2.1.10.names", "5280 §4.2.1.10", (subject) => {
    const constraints = subject.issuer?.nameConstraints ?? null;
    if (constraints === null) return null;
    return violatesNameConstraints(issuable(subject), subject.tbs.subject, constraints)?.detail ?? null;
  }),
  error("rfc5280.4.2.1.12.issuer-purposes", "5280 §4.2.1.12", ({ purposes, issuer }) => {
    const allowed = issuer?.extendedKeyUsage ?? null;
    if (allowed === null || allowed.includes("anyExtendedKeyUsage")) return null;
    // An authority's delegated OCSP signer needs no such purpose in the authority itself.
    const surplus = purposes.find((purpose) => purpose !== "ocspSigning" && !allowed.includes(purpose));
    return surplus === undefined ? null : `The issuer's certificate does not allow the purpose ${surplus}.`;
  }),
];
