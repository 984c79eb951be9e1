import { DomainError, policyViolation } from "#lib/errors.ts";
import type { ParsedCertificate } from "#lib/x509/certificate-reader.ts";
import { formatName } from "#lib/x509/name.ts";
import { violatesNameConstraints } from "#lib/x509/name-constraints.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";

/**
 * What the certificates above an authority allow it. Relying parties check the whole path (RFC 5280 §6.1), so
 * what one above forbids must not be issued below, whoever made the one above.
 */

/**
 * Checks an authority that comes from elsewhere with every certificate above it.
 *
 * @param path the authority first, its root last, each signed by the next
 * @param now whole seconds
 * @returns how many authorities may stand below it, or null for no limit
 * @throws DomainError `policyViolation` or `expired`, naming the field `certificate` and the rule
 */
export function checkIssuerPath(path: readonly ParsedCertificate[], now: Date): number | null {
  let remaining = Infinity;
  for (const [below, certificate] of path.entries()) {
    const subject = `The authority ${formatName(certificate.subject)}`;
    checkReadable(certificate, subject);
    if (!certificate.isCa) {
      throw refused("4.2.1.9", `${subject} is none: its basic constraints do not say CA:TRUE.`);
    }
    if (certificate.keyUsage !== null && !certificate.keyUsage.includes("keyCertSign")) {
      throw refused("4.2.1.3", `${subject} may not issue: its key usage does not include keyCertSign.`);
    }
    if (certificate.notAfter <= now) {
      const detail = `${subject} expired at ${certificate.notAfter.toISOString()}.`;
      throw new DomainError("expired", detail, {
        violations: [{ field: "certificate", rule: "rfc5280.6.1.3", detail }],
      });
    }
    // Of those between it and the end entity none is self-issued: only a root has its own name as issuer.
    const allowed = (certificate.pathLength ?? Infinity) - below;
    if (allowed < 0) {
      throw refused(
        "6.1.4",
        `${subject} has the path length ${certificate.pathLength}, but ${below} authorities stand below it.`,
      );
    }
    remaining = Math.min(remaining, allowed);
    checkSubjects(path.slice(0, below), certificate);
  }
  return remaining === Infinity ? null : remaining;
}

/** The name constraints that a path puts on what is issued at its lower end. */
export function constraintsOf(path: readonly ParsedCertificate[]): NameConstraints[] {
  return path.map(({ nameConstraints }) => nameConstraints).filter((constraints) => constraints !== null);
}

/** When the first certificate of a path ends: what is issued below is worth nothing afterwards. */
export function endOf(path: readonly Pick<ParsedCertificate, "notAfter">[]): Date {
  return new Date(Math.min(...path.map(({ notAfter }) => notAfter.getTime())));
}

/** Extensions that limit what an authority may do. */
const LIMITS = new Set(["basicConstraints", "keyUsage", "extendedKeyUsage", "nameConstraints"]);

/** What cannot be read cannot be kept to, so it is not taken for absent (RFC 5280 §6.1.4, o). */
function checkReadable({ extensions }: ParsedCertificate, subject: string): void {
  const unread = extensions.find(({ critical, name, oid, finding }) =>
    finding === undefined ? critical && name === oid : critical || LIMITS.has(name),
  );
  if (unread === undefined) return;
  throw refused("6.1.4", `${subject} has the extension ${unread.name}, which cannot be read.`);
}

/** The subjects of authorities must keep to constraints on directory names as well (RFC 5280 §6.1.3, b and c). */
function checkSubjects(below: readonly ParsedCertificate[], { nameConstraints }: ParsedCertificate): void {
  if (nameConstraints === null) return;
  const ofSubjects = (subtrees: NameConstraints["permitted"]) =>
    subtrees.filter(({ type }) => type === "directoryName");
  const constraints = {
    permitted: ofSubjects(nameConstraints.permitted),
    excluded: ofSubjects(nameConstraints.excluded),
  };
  for (const { subject } of below) {
    const violation = violatesNameConstraints([], subject, constraints);
    if (violation !== null) throw refused("4.2.1.10", violation.detail);
  }
}

const refused = (section: string, detail: string) =>
  policyViolation("certificate", `rfc5280.${section}`, detail);
