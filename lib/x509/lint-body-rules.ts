import { compareBytes, TAG } from "./der-writer.ts";
import { error, type LintRule, warning } from "./lint-rule.ts";
import { checkName, type Name } from "./name.ts";

/** Types of names that RFC 5280 §4.1.2.4 keeps for old certificates only. */
const OLD_STRINGS: ReadonlySet<number | undefined> = new Set([
  TAG.teletexString,
  TAG.bmpString,
  TAG.universalString,
]);

function usesOldStrings(name: Name): boolean {
  return name.some((relative) => relative.some(({ tag }) => OLD_STRINGS.has(tag)));
}

/** Rules on the fields of a certificate other than its extensions (RFC 5280 §4.1). */
export const BODY_RULES: readonly LintRule[] = [
  error("rfc5280.4.1.2.1.version-3", "5280 §4.1.2.1", ({ tbs }) =>
    tbs.version === 3 ? null : `The version is ${tbs.version}; extensions need version 3.`,
  ),
  error("rfc5280.4.1.2.2.serial-positive", "5280 §4.1.2.2", ({ tbs }) =>
    tbs.serialNumber.startsWith("-") || /^0+$/.test(tbs.serialNumber)
      ? "The serial number is not positive."
      : null,
  ),
  error("rfc5280.4.1.2.2.serial-length", "5280 §4.1.2.2", ({ tbs }) =>
    tbs.serialOctets > 20 ? `The serial number has ${tbs.serialOctets} octets; 20 are allowed.` : null,
  ),
  warning("cabf.7.1.serial-entropy", "5280 §4.1.2.2", ({ tbs }) =>
    tbs.serialOctets < 8 ? "The serial number is too short to be unpredictable (64 bits or more)." : null,
  ),
  error("rfc5280.4.1.1.2.algorithm-mismatch", "5280 §4.1.1.2", ({ tbs, outerAlgorithmDer }) =>
    outerAlgorithmDer === undefined || compareBytes(tbs.signatureAlgorithmDer, outerAlgorithmDer) === 0
      ? null
      : "The signature algorithm inside the signed part differs from the one beside the signature.",
  ),
  error("rfc5280.4.1.2.3.algorithm-known", "5280 §4.1.2.3", ({ tbs }) =>
    tbs.signatureAlgorithm === null
      ? `The signature algorithm ${tbs.signatureAlgorithmOid} is unknown, has wrong parameters or is broken (MD5).`
      : null,
  ),
  // Nobody trusts a root because it signed itself.
  error("rfc5280.4.1.2.3.algorithm-weak", "6194 §3", ({ tbs, selfIssued }) =>
    tbs.signatureAlgorithm?.weak && !selfIssued
      ? `The signature algorithm ${tbs.signatureAlgorithm.label} no longer protects.`
      : null,
  ),
  error("rfc5280.4.1.2.4.issuer-empty", "5280 §4.1.2.4", ({ tbs }) =>
    tbs.issuer.length === 0 ? "The issuer name is empty." : null,
  ),
  warning("rfc5280.4.1.2.4.string-type", "5280 §4.1.2.4", ({ tbs }) =>
    usesOldStrings(tbs.subject) || usesOldStrings(tbs.issuer)
      ? "A name uses TeletexString, BMPString or UniversalString."
      : null,
  ),
  error("rfc5280.4.1.2.5.order", "5280 §4.1.2.5", ({ tbs }) =>
    tbs.notAfter.getTime() > tbs.notBefore.getTime() ? null : "notAfter is not later than notBefore.",
  ),
  error("rfc5280.4.1.2.5.time-form", "5280 §4.1.2.5", ({ tbs }) =>
    (tbs.timeForms[0] === "generalized" && tbs.notBefore.getUTCFullYear() < 2050) ||
    (tbs.timeForms[1] === "generalized" && tbs.notAfter.getUTCFullYear() < 2050)
      ? "A time before 2050 is written as GeneralizedTime; it must be UTCTime."
      : null,
  ),
  error(
    "rfc5280.4.1.2.6.subject-characters",
    "5280 §4.1.2.6",
    ({ tbs }) => checkName(tbs.subject)?.detail ?? null,
  ),
  warning(
    "rfc5280.4.1.2.4.issuer-characters",
    "5280 §4.1.2.4",
    ({ tbs }) => checkName(tbs.issuer, "issuer")?.detail ?? null,
  ),
  error("rfc5280.4.1.2.6.ca-subject-empty", "5280 §4.1.2.6", ({ tbs, isCa }) =>
    isCa && tbs.subject.length === 0 ? "An authority needs a subject name." : null,
  ),
  error("rfc5280.4.1.2.6.subject-or-san", "5280 §4.1.2.6", (subject) =>
    !subject.isCa && subject.tbs.subject.length === 0 && !subject.has("subjectAlternativeName")
      ? "The subject is empty and there is no subject alternative name: nothing says whose certificate it is."
      : null,
  ),
  error("rfc5280.4.1.2.7.key", "5280 §4.1.2.7", ({ tbs }) =>
    tbs.key.weakness === undefined ? null : `The public key (${tbs.key.label}) ${tbs.key.weakness}.`,
  ),
  error("rfc5280.4.1.2.8.unique-identifiers", "5280 §4.1.2.8", ({ tbs }) =>
    tbs.hasUniqueIdentifiers ? "Issuer or subject unique identifiers must not be generated." : null,
  ),
  error("rfc5280.4.1.2.9.extensions-empty", "5280 §4.1.2.9", ({ tbs }) =>
    tbs.hasEmptyExtensions ? "The list of extensions is there but empty." : null,
  ),
];
