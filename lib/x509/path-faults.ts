import type { ParsedCertificate } from "./certificate-reader.ts";
import { extensionValue } from "./extension-reader.ts";
import type { AnyGeneralName, GeneralName } from "./general-name.ts";
import { formatName, namesEqual } from "./name.ts";
import { violatesNameConstraints } from "./name-constraints.ts";
import type { NameConstraints } from "./name-constraints-encoding.ts";
import { OID } from "./oids.ts";

/** Why relying parties refuse a path at one of its certificates. */
export type PathFaultCode =
  | "expired"
  | "not-yet-valid"
  | "not-an-authority"
  | "no-key-cert-sign"
  | "path-length"
  | "name-constraints"
  | "key-identifiers"
  | "unreadable";

export interface PathFault {
  code: PathFaultCode;
  /** One sentence; names in it come from certificates. */
  detail: string;
}

/**
 * What is wrong with each certificate of a path (RFC 5280 §6.1), judged as OpenSSL's `verify` does without a
 * purpose. Signatures are not looked at here: each certificate must have been signed by the next.
 *
 * @param path the certificate first, the anchor of trust last
 * @param now whole seconds
 * @returns for each certificate its faults; a path without any is valid
 */
export function pathFaults(path: readonly ParsedCertificate[], now: Date): PathFault[][] {
  let intermediates = 0;
  return path.map((certificate, index) => {
    const issuer = path[index + 1];
    const faults = [
      ...timeFaults(certificate, now),
      ...readingFaults(certificate, path.slice(index + 1)),
      ...(issuer === undefined ? [] : identifierFaults(certificate, issuer)),
    ];
    if (index > 0) faults.push(...authorityFaults(certificate, intermediates));
    const selfIssued = isSelfIssued(certificate);
    // Self-issued certificates change a key only: neither counts nor constraints see them (§6.1.4, l; §6.1.3, b).
    if (index > 0 && !selfIssued) intermediates++;
    if (index === 0 || !selfIssued)
      faults.push(...constraintFaults(certificate, index, path.slice(index + 1)));
    return faults;
  });
}

/** Whether subject and issuer are the same name. */
export function isSelfIssued({ subject, issuer }: Pick<ParsedCertificate, "subject" | "issuer">): boolean {
  return namesEqual(subject, issuer);
}

function timeFaults({ notBefore, notAfter }: ParsedCertificate, now: Date): PathFault[] {
  if (notAfter <= now) return [{ code: "expired", detail: `Expired at ${spokenTime(notAfter)}.` }];
  if (notBefore > now) return [{ code: "not-yet-valid", detail: `Begins at ${spokenTime(notBefore)}.` }];
  return [];
}

const spokenTime = (time: Date) => `${time.toISOString().slice(0, -5).replace("T", " ")} UTC`;

function authorityFaults(certificate: ParsedCertificate, intermediates: number): PathFault[] {
  const faults: PathFault[] = [];
  // Version 1 knows no basic constraints; such roots are old, but they are trusted by name and key.
  const oldRoot = certificate.version === 1 && isSelfIssued(certificate);
  if (!certificate.isCa && !oldRoot) {
    faults.push({
      code: "not-an-authority",
      detail: "Its basic constraints do not say CA:TRUE, so it may not issue.",
    });
  }
  if (certificate.keyUsage !== null && !certificate.keyUsage.includes("keyCertSign")) {
    faults.push({
      code: "no-key-cert-sign",
      detail: "Its key usage does not include keyCertSign, so it may not issue.",
    });
  }
  if (certificate.pathLength !== null && intermediates > certificate.pathLength) {
    const below = intermediates === 1 ? "one intermediate stands" : `${intermediates} intermediates stand`;
    faults.push({
      code: "path-length",
      detail: `Its path length is ${certificate.pathLength}, but ${below} below it.`,
    });
  }
  return faults;
}

/** Extensions that OpenSSL understands when they are critical; any other critical one makes it refuse (§4.2). */
const UNDERSTOOD = new Set([
  "basicConstraints",
  "keyUsage",
  "extendedKeyUsage",
  "subjectAlternativeName",
  "nameConstraints",
  "certificatePolicies",
  "policyMappings",
  "policyConstraints",
  "inhibitAnyPolicy",
  "crlDistributionPoints",
  "ocspNoCheck",
  // Netscape's certificate type, and addresses and numbers of networks (RFC 3779).
  "2.16.840.1.113730.1.1",
  "1.3.6.1.5.5.7.1.7",
  "1.3.6.1.5.5.7.1.8",
]);

/** Extensions on which a path depends: what cannot be read in them cannot be kept to (§6.1.4, o). */
const DEPENDED_ON = new Set([
  "basicConstraints",
  "keyUsage",
  "extendedKeyUsage",
  "nameConstraints",
  "subjectKeyIdentifier",
  "authorityKeyIdentifier",
]);

function readingFaults(certificate: ParsedCertificate, above: readonly ParsedCertificate[]): PathFault[] {
  const constrained = above.some(({ nameConstraints }) => nameConstraints !== null);
  return certificate.extensions.flatMap(({ name, critical, finding }): PathFault[] => {
    if (finding !== undefined) {
      const matters = critical || DEPENDED_ON.has(name) || (constrained && name === "subjectAlternativeName");
      return matters
        ? [{ code: "unreadable", detail: `Its extension ${name} cannot be read: ${finding.detail}` }]
        : [];
    }
    return critical && !UNDERSTOOD.has(name)
      ? [
          {
            code: "unreadable",
            detail: `Its extension ${name} is critical, and relying parties do not know it.`,
          },
        ]
      : [];
  });
}

/** The issuer that a certificate names by key, or by issuer and serial number, must be the one (§4.2.1.1). */
function identifierFaults(certificate: ParsedCertificate, issuer: ParsedCertificate): PathFault[] {
  const { authorityKeyIdentifier: wanted } = certificate;
  const { subjectKeyIdentifier: present } = issuer;
  if (wanted !== null && present !== null && wanted !== present) {
    return [
      {
        code: "key-identifiers",
        detail: `It names the key ${wanted} as its issuer's, but the one above has the identifier ${present}.`,
      },
    ];
  }
  const serial = extensionValue(certificate.extensions, "authorityKeyIdentifier")?.serialNumber ?? null;
  if (serial !== null && withoutZeros(serial) !== withoutZeros(issuer.serialNumber)) {
    return [
      {
        code: "key-identifiers",
        detail: `It names an issuer with the serial number ${serial}, but the one above has ${issuer.serialNumber}.`,
      },
    ];
  }
  return [];
}

const withoutZeros = (hex: string) => hex.replace(/^0+/, "");

function constraintFaults(
  certificate: ParsedCertificate,
  index: number,
  above: readonly ParsedCertificate[],
): PathFault[] {
  return above.flatMap(({ nameConstraints, subject }): PathFault[] => {
    const detail = nameConstraints === null ? null : forbidden(certificate, index === 0, nameConstraints);
    return detail === null
      ? []
      : [{ code: "name-constraints", detail: `${detail} Constrained by ${formatName(subject)}.` }];
  });
}

/** @returns why the constraints forbid a name of the certificate, or null */
function forbidden(
  { names, subject }: ParsedCertificate,
  isEndEntity: boolean,
  constraints: NameConstraints,
): string | null {
  const [ofDirectory, ofOthers] = divided(constraints);
  const directoryNames = [
    ...(subject.length > 0 ? [subject] : []),
    ...names.flatMap((name) => (name.type === "directoryName" ? [name.name] : [])),
  ];
  for (const name of directoryNames) {
    const violation = violatesNameConstraints([], name, ofDirectory);
    if (violation !== null) return violation.detail;
  }
  // A common name counts as a DNS name for end entities only; that of an authority is no host.
  const withoutCommonNames = subject.map((relative) =>
    relative.filter(({ type }) => type !== OID.commonName),
  );
  const violation = violatesNameConstraints(
    names.filter(isJudged),
    isEndEntity ? subject : withoutCommonNames.filter((relative) => relative.length > 0),
    ofOthers,
    "openssl",
  );
  if (violation !== null) return violation.detail;
  const unknown = [...constraints.permitted, ...constraints.excluded].some(({ type }) => type === "other");
  return unknown && names.some(({ type }) => type === "other" || type === "registeredId")
    ? "It has a name of a form that is constrained and that cannot be judged."
    : null;
}

function isJudged(name: AnyGeneralName): name is GeneralName {
  return name.type === "dns" || name.type === "ip" || name.type === "uri" || name.type === "email";
}

function divided({ permitted, excluded }: NameConstraints): [NameConstraints, NameConstraints] {
  const only = (wanted: boolean): NameConstraints => ({
    permitted: permitted.filter(({ type }) => (type === "directoryName") === wanted),
    excluded: excluded.filter(({ type }) => (type === "directoryName") === wanted),
  });
  return [only(true), only(false)];
}
