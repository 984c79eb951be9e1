import { nameRefusal } from "#lib/authority/profile-names.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";
import { type RefusedAuthority, spokenRefusal } from "#lib/authority/refused-authority.ts";
import { spokenDuration } from "#lib/authority/spoken-duration.ts";
import { addSeconds } from "#lib/clock.ts";
import { DomainError, type Violation } from "#lib/errors.ts";
import { checkGeneralName, type GeneralName } from "#lib/x509/general-name.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { commonName, type Name } from "#lib/x509/name.ts";
import { violatesNameConstraints } from "#lib/x509/name-constraints.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";
import { OID } from "#lib/x509/oids.ts";
import { inspectPublicKey } from "#lib/x509/public-key.ts";

/**
 * Whether a request may become a certificate, and as what. Pure: profile, authority and time are
 * given, so the preview in the console and the issuance itself cannot disagree.
 */

/** What somebody wants certified, with the key's possession already proven. */
export interface CertificateRequest {
  /** DER SubjectPublicKeyInfo. */
  spki: Uint8Array;
  subject: Name;
  names: readonly GeneralName[];
  /** Seconds; absent for the profile's usual lifetime. */
  lifetimeSeconds?: number | undefined;
}

export interface IssuingProfile {
  name: string;
  status: string;
  rules: ProfileRules;
}

export interface IssuingAuthority {
  name: string;
  status: string;
  /** When it, or the first of those above it, ends. */
  notAfter: Date;
  purposes: readonly ("server" | "client")[];
  /** Its own constraints and those of every authority above it. */
  nameConstraints: readonly NameConstraints[];
  /** Of itself and those above it the first that is held or revoked. */
  refused: RefusedAuthority | null;
}

/** Something in which the certificate will differ from the request, for showing side by side. */
export interface Adjustment {
  field: string;
  asked: string;
  issued: string;
  reason: string;
}

/** What will be certified. */
export interface IssuancePlan {
  spki: Uint8Array;
  keyAlgorithm: KeyAlgorithm;
  subject: Name;
  names: readonly GeneralName[];
  notBefore: Date;
  notAfter: Date;
  usages: ProfileRules["usages"];
  adjustments: readonly Adjustment[];
}

/**
 * Checks a request against a profile and its authority.
 *
 * @param now whole seconds
 * @throws DomainError `expired` for an authority past its notAfter, `policyViolation` or
 *   `malformed` with every violation found
 */
export function checkRequest(
  request: CertificateRequest,
  profile: IssuingProfile,
  authority: IssuingAuthority,
  now: Date,
): IssuancePlan {
  if (authority.notAfter <= now) {
    throw new DomainError(
      "expired",
      `The authority ${authority.name} expired at ${isoTime(authority.notAfter)}.`,
    );
  }
  const violations: Violation[] = [];
  const refuse = (field: string, rule: string, detail: string) => violations.push({ field, rule, detail });
  const adjustments: Adjustment[] = [];
  const { rules } = profile;

  if (profile.status !== "active") {
    refuse("profile", "profile.status", `The profile ${profile.name} is retired; choose another one.`);
  }
  if (authority.status !== "active") {
    refuse(
      "profile",
      "authority.status",
      `The authority ${authority.name} is retired and issues nothing more.`,
    );
  }
  if (authority.refused !== null) refuse("profile", "authority.revocation", spokenRefusal(authority.refused));
  for (const usage of rules.usages) {
    if (!authority.purposes.includes(usage)) {
      refuse(
        "profile",
        "authority.purposes",
        `The authority ${authority.name} may not issue ${usage} certificates.`,
      );
    }
  }

  const keyAlgorithm = checkKey(request.spki, rules, profile.name, refuse);
  const subject = checkSubject(request.subject, rules, profile.name, refuse, adjustments);
  const names = namesWithCommonName(request, rules, adjustments);
  checkNames(names, rules, profile.name, refuse, violations);
  checkServerName(names, rules, refuse);
  if (subject.length === 0 && names.length === 0) {
    refuse(
      "names",
      "rfc5280.4.1.2.6",
      "A certificate needs a subject or at least one subject alternative name.",
    );
  }
  for (const constraints of authority.nameConstraints) {
    const violation = violatesNameConstraints(names, subject, constraints);
    if (violation !== null) violations.push(violation);
  }
  const notAfter = checkLifetime(request, rules, profile.name, authority, now, refuse, adjustments);

  if (violations.length > 0 || keyAlgorithm === null) {
    throw new DomainError(
      violations.some((violation) => isMalformed(violation)) ? "malformed" : "policyViolation",
      violations.length === 1
        ? (violations[0]?.detail ?? "")
        : `The request breaks ${violations.length} rules: ${violations.map((violation) => violation.detail).join(" ")}`,
      { violations },
    );
  }
  return {
    spki: request.spki,
    keyAlgorithm,
    subject,
    names,
    notBefore: addSeconds(now, -rules.backdateSeconds),
    notAfter,
    usages: rules.usages,
    adjustments,
  };
}

/** Name constraints are a policy of the authority, though an RFC says how to apply them. */
const isMalformed = ({ rule }: Violation) => rule.startsWith("rfc") && rule !== "rfc5280.4.2.1.10";

type Refuse = (field: string, rule: string, detail: string) => void;

function checkKey(
  spki: Uint8Array,
  rules: ProfileRules,
  profile: string,
  refuse: Refuse,
): KeyAlgorithm | null {
  const key = inspectPublicKey(spki);
  if (key.algorithm === null || key.weakness !== undefined) {
    refuse("csr", "key.strength", `The key, ${key.label}, ${key.weakness ?? "is not supported"}.`);
    return null;
  }
  if (!rules.keyAlgorithms.includes(key.algorithm)) {
    refuse(
      "csr",
      "profile.keyAlgorithms",
      `The key is ${key.label}; the profile ${profile} allows ${rules.keyAlgorithms.join(", ")}.`,
    );
  }
  return key.algorithm;
}

function checkSubject(
  asked: Name,
  rules: ProfileRules,
  profile: string,
  refuse: Refuse,
  adjustments: Adjustment[],
): Name {
  const issued = rules.subject.otherAttributes
    ? asked
    : asked.filter((rdn) => rdn.length === 1 && rdn[0]?.type === OID.commonName);
  if (issued.length !== asked.length) {
    adjustments.push({
      field: "subject",
      asked: `${asked.length} attributes`,
      issued: "the common name only",
      reason: `The profile ${profile} takes over no other attribute.`,
    });
  }
  const name = commonName(issued);
  if (rules.subject.commonName === "required" && name === undefined) {
    refuse("subject", "profile.subject.commonName", `The profile ${profile} requires a common name.`);
  }
  if (rules.subject.commonName === "forbidden" && name !== undefined) {
    refuse("subject", "profile.subject.commonName", `The profile ${profile} forbids a common name.`);
  }
  // RFC 5280 appendix A.1: ub-common-name.
  if (name !== undefined && [...name].length > 64) {
    refuse("subject", "rfc5280.ub-common-name", "The common name is longer than 64 characters.");
  }
  return issued;
}

/**
 * Relying parties look at subject alternative names only (RFC 9525 §2), yet many requests still
 * carry the host name as common name alone: such a one is copied.
 */
function namesWithCommonName(
  request: CertificateRequest,
  rules: ProfileRules,
  adjustments: Adjustment[],
): readonly GeneralName[] {
  if (request.names.length > 0 || !rules.usages.includes("server") || !rules.names.dns.allowed)
    return request.names;
  const host = commonName(request.subject);
  if (host === undefined) return [];
  const name: GeneralName = { type: "dns", value: host.toLowerCase() };
  if (checkGeneralName(name) !== null) return [];
  adjustments.push({
    field: "names",
    asked: "none",
    issued: `dns:${name.value}`,
    reason: "Relying parties do not look at the common name, so it is copied (RFC 9525 §2).",
  });
  return [name];
}

function checkNames(
  names: readonly GeneralName[],
  rules: ProfileRules,
  profile: string,
  refuse: Refuse,
  violations: Violation[],
): void {
  if (names.length > rules.names.max) {
    refuse(
      "names",
      "profile.names.max",
      `The request has ${names.length} subject alternative names; the profile ${profile} allows ${rules.names.max}.`,
    );
    return; // a thousand further sentences would help nobody
  }
  const seen = new Set<string>();
  for (const name of names) {
    const malformed = checkGeneralName(name);
    if (malformed !== null) {
      violations.push(malformed);
      continue;
    }
    const key = `${name.type}:${name.value.toLowerCase()}`;
    if (seen.has(key)) refuse("names", "profile.names.unique", `The name ${key} is asked for twice.`);
    seen.add(key);
    const detail = nameRefusal(name, rules.names, profile);
    if (detail !== null) refuse("names", `profile.names.${name.type}`, detail);
  }
}

function checkServerName(names: readonly GeneralName[], rules: ProfileRules, refuse: Refuse): void {
  if (!rules.usages.includes("server")) return;
  if (!names.some((name) => name.type === "dns" || name.type === "ip" || name.type === "uri")) {
    refuse(
      "names",
      "profile.names.server",
      "A server certificate needs a DNS name, an IP address or a URI as subject alternative name; clients look at nothing else (RFC 9525 §2).",
    );
  }
}

function checkLifetime(
  request: CertificateRequest,
  rules: ProfileRules,
  profile: string,
  authority: IssuingAuthority,
  now: Date,
  refuse: Refuse,
  adjustments: Adjustment[],
): Date {
  const { minSeconds, defaultSeconds, maxSeconds } = rules.lifetime;
  const asked = request.lifetimeSeconds;
  if (asked !== undefined && (asked < minSeconds || asked > maxSeconds)) {
    refuse(
      "lifetime",
      "profile.lifetime",
      `The lifetime of ${spokenDuration(asked)} is outside what the profile ${profile} allows: ${spokenDuration(minSeconds)} to ${spokenDuration(maxSeconds)}.`,
    );
  }
  const notAfter = addSeconds(now, asked ?? defaultSeconds);
  if (notAfter <= authority.notAfter) return notAfter;
  const longest = Math.floor((authority.notAfter.getTime() - now.getTime()) / 1000);
  if (asked !== undefined || longest < minSeconds) {
    refuse(
      "lifetime",
      "authority.notAfter",
      `The certificate would outlive its authority ${authority.name}, which ends at ${isoTime(authority.notAfter)}; at most ${spokenDuration(longest)} remain.`,
    );
    return notAfter;
  }
  adjustments.push({
    field: "lifetime",
    asked: spokenDuration(defaultSeconds),
    issued: spokenDuration(longest),
    reason: `The authority ${authority.name} itself ends at ${isoTime(authority.notAfter)}.`,
  });
  return authority.notAfter;
}

function isoTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
