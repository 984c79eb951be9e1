import { authorityRefusal } from "./authority-standing.ts";
import type { Denial } from "./decision.ts";
import type { AccessRequest, PresentedCertificate } from "./request.ts";
import { clearPath, isBelow } from "./request-path.ts";
import type { ClientView, CredentialView, GrantTerms, ServiceView, Snapshot } from "./snapshot.ts";

/** What is being decided, with what earlier rules found out. */
export interface Question {
  readonly snapshot: Snapshot;
  readonly request: AccessRequest;
  /** Milliseconds since 1970. */
  readonly now: number;
  service: ServiceView | null;
  certificate: PresentedCertificate | null;
  credential: CredentialView | null;
  client: ClientView | null;
}

/** Why a rule is not met; null when it is; undefined when there is nothing to apply it to. */
export type Verdict = Denial | null | undefined;

export interface Rule {
  /** Names it on the explain screen. */
  name: RuleName;
  check(question: Question): Verdict;
}

export type RuleName =
  | "service"
  | "snapshot"
  | "certificate"
  | "validity"
  | "purpose"
  | "strength"
  | "revocation"
  | "authority"
  | "credential"
  | "issuer"
  | "client"
  | "grant";

/**
 * All rules, in the order in which they are applied; the first that is not met decides. What is wrong with the
 * certificate itself comes first, as nobody is who they say with such a one.
 */
export const RULES: readonly Rule[] = [
  { name: "service", check: checkService },
  {
    name: "snapshot",
    check: ({ snapshot, now }) => (now < snapshot.usableUntil ? null : "snapshot-too-old"),
  },
  { name: "certificate", check: checkCertificate },
  { name: "validity", check: checkValidity },
  {
    name: "purpose",
    check: ({ certificate }) =>
      certificate === null ? undefined : certificate.isForClients ? null : "certificate-not-for-clients",
  },
  { name: "strength", check: checkStrength },
  { name: "revocation", check: checkRevocation },
  { name: "authority", check: checkAuthority },
  { name: "credential", check: checkCredential },
  { name: "issuer", check: checkIssuer },
  { name: "client", check: checkClient },
  { name: "grant", check: checkGrant },
];

function checkService(question: Question): Verdict {
  question.service = question.snapshot.service(question.request.service);
  return question.service === null ? "service-unknown" : null;
}

const FAULTS = {
  absent: "certificate-absent",
  unreadable: "certificate-unreadable",
  several: "certificates-several",
} as const;

function checkCertificate(question: Question): Verdict {
  const { certificate } = question.request;
  if (typeof certificate === "string") return FAULTS[certificate];
  question.certificate = certificate;
  return null;
}

/** RFC 5280 §4.1.2.5: both ends belong to it, in whole seconds. */
function checkValidity({ certificate, now }: Question): Verdict {
  if (certificate === null) return undefined;
  if (now < certificate.notBefore) return "certificate-not-yet-valid";
  return now >= certificate.notAfter + 1_000 ? "certificate-expired" : null;
}

function checkStrength({ certificate, service }: Question): Verdict {
  if (certificate === null || service === null) return undefined;
  return certificate.strength < service.minimumStrength ? "key-too-weak" : null;
}

function checkRevocation({ certificate }: Question): Verdict {
  switch (certificate?.revocation) {
    case "revoked":
      return "certificate-revoked";
    case "held":
      return "certificate-held";
    case "unknown":
      return "revocation-unknown";
    case "good":
      return null;
    default:
      return undefined;
  }
}

/** What an authority signed is worth as much as the authority, also when it is pinned (RFC 5280 §6.1.3). */
function checkAuthority({ snapshot, certificate, now }: Question): Verdict {
  if (certificate === null || certificate.issuer === null) return undefined;
  return authorityRefusal(snapshot.authorities.get(certificate.issuer), now);
}

/**
 * Who it is: by the strongest kind of credential of which one counts now. When names of one certificate lead to
 * several clients it is nobody, or a suspended one would enter as the other.
 */
function checkCredential(question: Question): Verdict {
  const { snapshot, certificate, now } = question;
  if (certificate === null) return undefined;
  const all = snapshot.credentialsOf(certificate);
  if (all.length === 0) return "client-unknown";
  let found: CredentialView | null = null;
  for (const credential of all) {
    if (now < credential.startsAt || now >= credential.endsAt) continue;
    if (found === null) found = credential;
    else if (credential.kind !== found.kind) break;
    else if (credential.client !== found.client) return "clients-several";
  }
  if (found === null) {
    // One that was ended before it began will never begin.
    const isToCome = all.some(({ startsAt, endsAt }) => now < startsAt && startsAt < endsAt);
    return isToCome ? "credential-not-started" : "credential-ended";
  }
  question.credential = found;
  question.client = snapshot.client(found.client);
  return null;
}

/** A name says nothing without the authority that vouches for it, so only what is pinned may be of any issuer. */
function checkIssuer({ service, certificate, credential }: Question): Verdict {
  if (service === null || certificate === null) return undefined;
  const { issuer } = certificate;
  if (service.authorities.length > 0) {
    return issuer !== null && service.authorities.includes(issuer) ? null : "issuer-not-accepted";
  }
  return issuer !== null || credential !== null ? null : "issuer-not-accepted";
}

function checkClient({ client, now }: Question): Verdict {
  if (client === null) return undefined;
  if (client.status !== "active") return `client-${client.status}`;
  return now >= client.expiresAt ? "client-expired" : null;
}

function checkGrant({ snapshot, request, service, credential, now }: Question): Verdict {
  if (service === null || credential === null) return undefined;
  const all = snapshot.grants(credential.client, service.index);
  if (all.length === 0) return "not-granted";
  let path: string | null | undefined;
  let denial: Denial | null = null;
  for (const terms of all) {
    if (now < terms.startsAt || now >= terms.endsAt) continue;
    // Once for all of them: it may be a long one that somebody made to be looked at for long.
    if (path === undefined && terms.paths.length > 0) {
      path = request.path === null ? null : clearPath(request.path);
    }
    if (!isPathGranted(terms, path ?? null)) denial ??= "path-not-granted";
    else if (isMethodGranted(terms, request.method)) return null;
    else denial = "method-not-granted";
  }
  return denial ?? (all.some(({ startsAt }) => now < startsAt) ? "grant-not-started" : "grant-ended");
}

function isPathGranted({ paths }: GrantTerms, path: string | null): boolean {
  return paths.length === 0 || (path !== null && paths.some((prefix) => isBelow(path, prefix)));
}

/** Methods are case-sensitive (RFC 9110 §9.1). */
function isMethodGranted({ methods }: GrantTerms, method: string | null): boolean {
  return methods.length === 0 || (method !== null && methods.includes(method));
}
