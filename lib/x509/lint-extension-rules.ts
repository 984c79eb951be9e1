import type { ExtensionValue } from "./extension-reader.ts";
import { checkGeneralName } from "./general-name.ts";
import { error, type LintRule, type LintSubject, warning } from "./lint-rule.ts";
import { checkNameConstraints } from "./name-constraints.ts";

/** Extensions that must not be critical (RFC 5280 §4.2.1.1, 4.2.1.2, 4.2.2.1; RFC 6960 §4.2.2.2.1). */
const NEVER_CRITICAL: readonly ExtensionValue["kind"][] = [
  "authorityKeyIdentifier",
  "subjectKeyIdentifier",
  "authorityInformationAccess",
  "ocspNoCheck",
];

function duplicated(values: readonly string[]): string | null {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return null;
}

function isPlainHttp(url: string): boolean {
  return /^http:\/\/[^/?#\s]+/i.test(url);
}

function alternativeNameProblem(subject: LintSubject): string | null {
  for (const name of subject.value("subjectAlternativeName")?.names ?? []) {
    if (name.type === "directoryName" || name.type === "registeredId" || name.type === "other") continue;
    const violation = checkGeneralName(name);
    if (violation !== null) return violation.detail;
  }
  return null;
}

/** Rules on the form and criticality of extensions (RFC 5280 §4.2). */
export const EXTENSION_RULES: readonly LintRule[] = [
  error("rfc5280.4.2.duplicate-extension", "5280 §4.2", ({ tbs }) => {
    const twice = duplicated(tbs.extensions.map(({ oid }) => oid));
    return twice === null ? null : `The extension ${twice} is there twice.`;
  }),
  error("rfc5280.4.2.malformed-extension", "5280 §4.2", ({ tbs }) => {
    const broken = tbs.extensions.find(({ finding }) => finding !== undefined);
    return broken === undefined
      ? null
      : `The extension ${broken.name} is malformed: ${broken.finding?.detail}`;
  }),
  error("rfc5280.4.2.unknown-critical", "5280 §4.2", ({ tbs }) => {
    const unknown = tbs.extensions.find(({ critical, name, oid }) => critical && name === oid);
    return unknown === undefined
      ? null
      : `The critical extension ${unknown.oid} is unknown to relying parties.`;
  }),
  error("rfc5280.4.2.never-critical", "5280 §4.2", (subject) => {
    const wrong = NEVER_CRITICAL.find((kind) => subject.extension(kind)?.critical);
    return wrong === undefined ? null : `The extension ${wrong} must not be critical.`;
  }),
  error("rfc5280.4.2.1.1.aki-missing", "5280 §4.2.1.1", (subject) =>
    subject.selfIssued || subject.has("authorityKeyIdentifier")
      ? null
      : "There is no authority key identifier.",
  ),
  error("rfc5280.4.2.1.1.aki-key-identifier", "5280 §4.2.1.1", (subject) => {
    const identifier = subject.value("authorityKeyIdentifier");
    if (identifier === undefined || (identifier.keyIdentifier !== null && identifier.keyIdentifier !== ""))
      return null;
    return "The authority key identifier has no key identifier, or an empty one.";
  }),
  error("rfc5280.4.2.1.1.aki-issuer-and-serial", "5280 §4.2.1.1", (subject) => {
    const identifier = subject.value("authorityKeyIdentifier");
    if (identifier === undefined || identifier.issuer.length > 0 === (identifier.serialNumber !== null))
      return null;
    return "The authority key identifier names issuer or serial number without the other.";
  }),
  error("rfc5280.4.2.1.2.ski-missing", "5280 §4.2.1.2", (subject) =>
    subject.isCa && !subject.has("subjectKeyIdentifier")
      ? "An authority needs a subject key identifier."
      : null,
  ),
  warning("rfc5280.4.2.1.2.ski-missing-leaf", "5280 §4.2.1.2", (subject) =>
    !subject.isCa && !subject.has("subjectKeyIdentifier") ? "There is no subject key identifier." : null,
  ),
  error("rfc5280.4.2.1.2.ski-empty", "5280 §4.2.1.2", (subject) =>
    subject.value("subjectKeyIdentifier")?.keyIdentifier === ""
      ? "The subject key identifier is empty."
      : null,
  ),
  error("rfc5280.4.2.1.4.duplicate-policy", "5280 §4.2.1.4", (subject) => {
    const twice = duplicated(subject.value("certificatePolicies")?.policies ?? []);
    return twice === null ? null : `The certificate policy ${twice} is there twice.`;
  }),
  error("rfc5280.4.2.1.6.empty-subject-critical", "5280 §4.2.1.6", (subject) =>
    subject.tbs.subject.length === 0 && subject.extension("subjectAlternativeName")?.critical === false
      ? "The subject is empty, so the subject alternative name must be critical."
      : null,
  ),
  warning("rfc5280.4.2.1.6.subject-not-critical", "5280 §4.2.1.6", (subject) =>
    subject.tbs.subject.length > 0 && subject.extension("subjectAlternativeName")?.critical
      ? "The subject alternative name should not be critical beside a subject."
      : null,
  ),
  error("rfc5280.4.2.1.6.name", "5280 §4.2.1.6", alternativeNameProblem),
  warning("rfc5280.4.2.1.6.duplicate-name", "5280 §4.2.1.6", (subject) => {
    const names = subject.value("subjectAlternativeName")?.names ?? [];
    const twice = duplicated(
      names.map(({ type, value }) => `${type} ${type === "dns" ? value.toLowerCase() : value}`),
    );
    return twice === null ? null : `The alternative name ${twice} is there twice.`;
  }),
  error("rfc5280.4.2.1.10.critical", "5280 §4.2.1.10", (subject) =>
    subject.extension("nameConstraints")?.critical === false ? "Name constraints must be critical." : null,
  ),
  error("rfc5280.4.2.1.10.subtrees", "5280 §4.2.1.10", (subject) => {
    const value = subject.value("nameConstraints");
    return value === undefined ? null : (checkNameConstraints(value.constraints)[0]?.detail ?? null);
  }),
  error("rfc5280.4.2.1.12.any", "5280 §4.2.1.12", ({ purposes }) =>
    purposes.includes("anyExtendedKeyUsage") ? "The extended key usage allows any purpose." : null,
  ),
  warning("rfc5280.4.2.1.12.duplicate", "5280 §4.2.1.12", ({ purposes }) => {
    const twice = duplicated(purposes);
    return twice === null ? null : `The extended key usage ${twice} is there twice.`;
  }),
  warning("rfc5280.4.2.1.13.not-critical", "5280 §4.2.1.13", (subject) =>
    subject.extension("crlDistributionPoints")?.critical
      ? "CRL distribution points should not be critical."
      : null,
  ),
  error("rfc5280.4.2.1.13.url", "5280 §4.2.1.13", (subject) => {
    const wrong = subject.value("crlDistributionPoints")?.urls.find((url) => !isPlainHttp(url));
    return wrong === undefined
      ? null
      : `The CRL distribution point ${wrong} is not an http URL (https needs the CRL to check itself).`;
  }),
  error("rfc5280.4.2.1.13.location", "5280 §4.2.1.13", (subject) =>
    subject.value("crlDistributionPoints")?.urls.length === 0
      ? "The CRL distribution points have no URL."
      : null,
  ),
  error("rfc5280.4.2.2.1.url", "5280 §4.2.2.1", (subject) => {
    const access = subject.value("authorityInformationAccess");
    const wrong = [...(access?.ocsp ?? []), ...(access?.caIssuers ?? [])].find((url) => !isPlainHttp(url));
    return wrong === undefined ? null : `The authority information access ${wrong} is not an http URL.`;
  }),
];
