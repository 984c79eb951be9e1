import { error, type LintRule, type LintSubject, warning } from "./lint-rule.ts";

const TLS_PURPOSES = ["serverAuth", "clientAuth"];

function usages(subject: LintSubject): readonly string[] {
  return subject.value("keyUsage")?.usages ?? [];
}

/** The key usage that this kind of key cannot perform, if it is asked for (RFC 3279 §2.3, RFC 8410 §5, RFC 9881 §5). */
function impossibleUsage(subject: LintSubject): string | null {
  const { algorithm, label } = subject.tbs.key;
  if (algorithm === null) return null;
  const asked = usages(subject);
  const isRsa = algorithm.startsWith("rsa");
  const isEc = algorithm.startsWith("ecdsa");
  if (!isRsa && asked.includes("keyEncipherment")) return `A key of type ${label} cannot encipher keys.`;
  if (!isRsa && asked.includes("dataEncipherment")) return `A key of type ${label} cannot encipher data.`;
  if (!isEc && asked.includes("keyAgreement")) return `A key of type ${label} cannot agree on keys.`;
  return null;
}

/** Rules on who may do what: authorities, leaves, OCSP signers (RFC 5280 §4.2.1.3, 4.2.1.9, 4.2.1.12). */
export const USAGE_RULES: readonly LintRule[] = [
  error("rfc5280.4.2.1.9.critical", "5280 §4.2.1.9", (subject) =>
    subject.isCa && !subject.extension("basicConstraints")?.critical
      ? "Basic constraints of an authority must be critical."
      : null,
  ),
  error("rfc5280.4.2.1.9.path-length-not-ca", "5280 §4.2.1.9", (subject) =>
    !subject.isCa && (subject.value("basicConstraints")?.pathLength ?? null) !== null
      ? "A path length stands in a certificate that is no authority."
      : null,
  ),
  error("rfc5280.4.2.1.9.path-length-without-cert-sign", "5280 §4.2.1.9", (subject) =>
    subject.isCa &&
    (subject.value("basicConstraints")?.pathLength ?? null) !== null &&
    !usages(subject).includes("keyCertSign")
      ? "A path length needs the key usage keyCertSign."
      : null,
  ),
  error("rfc5280.4.2.1.3.missing", "5280 §4.2.1.3", (subject) =>
    subject.isCa && !subject.has("keyUsage") ? "An authority needs the key usage extension." : null,
  ),
  error("rfc5280.4.2.1.3.critical", "5280 §4.2.1.3", (subject) =>
    subject.extension("keyUsage")?.critical === false ? "Key usage must be critical." : null,
  ),
  error("rfc5280.4.2.1.3.empty", "5280 §4.2.1.3", (subject) =>
    subject.value("keyUsage")?.usages.length === 0
      ? "The key usage allows nothing: at least one bit must be set."
      : null,
  ),
  error("rfc5280.4.2.1.3.ca-cert-sign", "5280 §4.2.1.3", (subject) =>
    subject.isCa && subject.has("keyUsage") && !usages(subject).includes("keyCertSign")
      ? "An authority needs the key usage keyCertSign."
      : null,
  ),
  error("rfc5280.4.2.1.3.leaf-cert-sign", "5280 §4.2.1.3", (subject) =>
    !subject.isCa && usages(subject).includes("keyCertSign")
      ? "The key usage keyCertSign stands in a certificate that is no authority."
      : null,
  ),
  warning("rfc5280.4.2.1.3.leaf-crl-sign", "5280 §4.2.1.3", (subject) =>
    !subject.isCa && usages(subject).includes("cRLSign")
      ? "The key usage cRLSign stands in a certificate that is no authority."
      : null,
  ),
  error("rfc5280.4.2.1.3.agreement-only", "5280 §4.2.1.3", (subject) => {
    const asked = usages(subject);
    const only = asked.find((usage) => usage === "encipherOnly" || usage === "decipherOnly");
    return only === undefined || asked.includes("keyAgreement")
      ? null
      : `The key usage ${only} needs keyAgreement.`;
  }),
  error("rfc5480.3.key-type", "5480 §3", impossibleUsage),
  error("rfc5280.4.2.1.10.leaf", "5280 §4.2.1.10", (subject) =>
    !subject.isCa && subject.has("nameConstraints")
      ? "Name constraints belong in the certificates of authorities only."
      : null,
  ),
  error("rfc5280.4.2.1.12.consistent", "5280 §4.2.1.12", (subject) => {
    if (
      subject.isCa ||
      usages(subject).length === 0 ||
      !subject.purposes.some((purpose) => TLS_PURPOSES.includes(purpose))
    )
      return null;
    const asked = usages(subject);
    return asked.some(
      (usage) => usage === "digitalSignature" || usage === "keyEncipherment" || usage === "keyAgreement",
    )
      ? null
      : "TLS needs the key usage digitalSignature (or keyEncipherment or keyAgreement).";
  }),
  warning("rfc5280.4.2.1.12.missing", "5280 §4.2.1.12", (subject) =>
    !subject.isCa && !subject.has("extendedKeyUsage")
      ? "There is no extended key usage: the certificate serves any purpose."
      : null,
  ),
  error("rfc9525.2.server-name", "9525 §2", (subject) => {
    if (subject.isCa || !subject.purposes.includes("serverAuth")) return null;
    return subject.has("subjectAlternativeName")
      ? null
      : "A server certificate needs a subject alternative name; clients ignore the common name.";
  }),
  warning("rfc6960.4.2.2.2.no-check", "6960 §4.2.2.2.1", (subject) =>
    subject.purposes.includes("ocspSigning") && !subject.has("ocspNoCheck") && !subject.isCa
      ? "An OCSP signer should carry no-check, else clients ask for its own status."
      : null,
  ),
  warning("rfc6960.4.2.2.2.no-check-alone", "6960 §4.2.2.2.1", (subject) =>
    subject.has("ocspNoCheck") && !subject.purposes.includes("ocspSigning")
      ? "OCSP no-check stands in a certificate that signs no OCSP answers."
      : null,
  ),
];
