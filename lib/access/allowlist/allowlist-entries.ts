import type { Candidate } from "#lib/access/allowlist/candidate.ts";
import { decide } from "#lib/access/decide/decide.ts";
import type { Decision } from "#lib/access/decide/decision.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import type { ClientView, GrantTerms, Snapshot } from "#lib/access/decide/snapshot.ts";

/** Paths and methods within which a client may call: any of them, where a list is empty all. */
export type AllowlistLimit = Pick<GrantTerms, "paths" | "methods">;

/** A certificate that the service is to let in. */
export interface AllowlistEntry {
  candidate: Candidate;
  client: ClientView;
  /** Null when it may call all of the service; else only what one of these allows. */
  limits: readonly AllowlistLimit[] | null;
}

/** Why something that a decision would permit is not in a file. */
export type LeftOutReason =
  /** The client was granted paths or methods only, of which a proxy with a file knows nothing. */
  | "limited"
  /** It is known by a certificate of which nothing but the fingerprint is known here. */
  | "certificate-not-in-inventory"
  /** The service lets in and records whoever is not known or not granted. */
  | "learning";

export interface LeftOut {
  reason: LeftOutReason;
  /** Null when it is about nobody in particular. */
  client: ClientView | null;
}

/** A decision expanded over the inventory. The lists are the same objects as long as nothing in them changed. */
export interface Expansion {
  /** By SHA-256 of the certificate, so that the same state gives the same file. */
  entries: readonly AllowlistEntry[];
  /** What no format expresses. Clients with limits are among the entries: json has them. */
  leftOut: readonly LeftOut[];
  /** Until then time alone does not change it: milliseconds since 1970, Infinity when it never does. */
  changesAt: number;
}

/** What is expanded. */
export interface ExpansionSource {
  /** Certificates of the inventory by their ids. */
  candidates: ReadonlyMap<string, Candidate>;
  /** SHA-256 fingerprints of credentials whose certificate is not in the inventory. */
  unknownCertificates: ReadonlySet<string>;
}

/** A snapshot with the question that is asked of it for each certificate. */
export interface ExpansionQuestion {
  snapshot: Snapshot;
  /** Short name. */
  service: string;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * What a certificate of the inventory may do at a service, asked like a request that says neither path nor method.
 * Whatever is permitted only because the service learns, or fails open, is denied: a file cannot tell a sound stranger
 * from an unsound one.
 *
 * @returns null when it may not enter
 */
export function entryOf(candidate: Candidate, question: ExpansionQuestion): AllowlistEntry | null {
  const { certificate } = candidate;
  const { client, reason } = answerTo(certificate, question);
  // A service that fails open would overlook this and deny for want of a path, as if nothing else were wrong.
  if (certificate.revocation !== "good") return null;
  if (client === null || !(reason === "granted" || isLimit(reason))) return null;
  return {
    candidate,
    client: question.snapshot.client(client),
    limits: isLimit(reason) ? limitsOf(client, question) : null,
  };
}

/** What is left out for a certificate that a credential names and that nobody here has seen; null for nothing. */
export function leftOutFor(sha256: string, question: ExpansionQuestion): LeftOut | null {
  const { client, reason } = answerTo(perfect(sha256), question);
  // Who issued it is not known: perhaps one that is accepted.
  if (client === null || !(reason === "granted" || isLimit(reason) || reason === "issuer-not-accepted"))
    return null;
  return { reason: "certificate-not-in-inventory", client: question.snapshot.client(client) };
}

/**
 * The first moment to come at which the answer about a certificate may change; Infinity when there is none.
 *
 * @param sha256 of one that is not in the inventory, or the certificate
 */
export function nextMoment(about: Candidate | string, { snapshot, service, now }: ExpansionQuestion): number {
  const certificate = typeof about === "string" ? perfect(about) : about.certificate;
  let next = Number.POSITIVE_INFINITY;
  const note = (moment: number) => {
    if (moment > now && moment < next) next = moment;
  };
  note(certificate.notBefore);
  // RFC 5280 §4.1.2.5: the last second belongs to it.
  note(certificate.notAfter + 1_000);
  const authority = certificate.issuer === null ? undefined : snapshot.authorities.get(certificate.issuer);
  if (authority !== undefined) note(authority.notAfter + 1_000);
  const place = snapshot.service(service)?.index ?? -1;
  for (const { client, startsAt, endsAt } of snapshot.credentialsOf(certificate)) {
    note(startsAt);
    note(endsAt);
    note(snapshot.client(client).expiresAt);
    for (const grant of snapshot.grants(client, place)) {
      note(grant.startsAt);
      note(grant.endsAt);
    }
  }
  return next;
}

/** The same snapshot without an age: an old one is not to be taken for one that lets nobody in. */
export function ofAnyAge(snapshot: Snapshot): Snapshot {
  return {
    usableUntil: Number.POSITIVE_INFINITY,
    authorities: snapshot.authorities,
    service: (slug) => snapshot.service(slug),
    credentialsOf: (certificate) => snapshot.credentialsOf(certificate),
    client: (index) => snapshot.client(index),
    credentialId: (index) => snapshot.credentialId(index),
    grants: (client, service) => snapshot.grants(client, service),
  };
}

function answerTo(
  certificate: PresentedCertificate,
  { snapshot, service, now }: ExpansionQuestion,
): Decision {
  return decide(snapshot, { service, method: null, path: null, certificate }, now);
}

const isLimit = (reason: Decision["reason"]) =>
  reason === "path-not-granted" || reason === "method-not-granted";

function limitsOf(client: number, { snapshot, service, now }: ExpansionQuestion): readonly GrantTerms[] {
  const place = snapshot.service(service)?.index ?? -1;
  return snapshot.grants(client, place).filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt);
}

/** A certificate that is pinned and that nobody here has seen, if nothing is wrong with it. */
function perfect(sha256: string): PresentedCertificate {
  return {
    ...{ sha256, keySha256: "", names: [], issuer: null, notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER },
    ...{ isForClients: true, strength: Number.MAX_SAFE_INTEGER, revocation: "good" },
  };
}
