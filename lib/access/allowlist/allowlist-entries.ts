import type { Candidate } from "#lib/access/allowlist/candidate.ts";
import { decide } from "#lib/access/decide/decide.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import type { ClientView, GrantTerms, Snapshot } from "#lib/access/decide/snapshot.ts";
import { letOthersRun } from "#lib/loop-turn.ts";

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

/** A decision expanded over the inventory. */
export interface Expansion {
  /** By SHA-256 of the certificate, so that the same state gives the same file. */
  entries: AllowlistEntry[];
  /** What no format expresses. Clients with limits are among the entries: json has them. */
  leftOut: LeftOut[];
  /** The next moment at which time alone changes it: milliseconds since 1970, Infinity when there is none. */
  changesAt: number;
}

/** What is expanded. */
export interface ExpansionSource {
  candidates: Iterable<Candidate>;
  /** SHA-256 fingerprints of credentials whose certificate is not in the inventory. */
  unknownCertificates: Iterable<string>;
}

/**
 * Whom a service lets in, of all certificates that are known: each is decided about like a request that says neither
 * path nor method. Others have their turn in between.
 *
 * Whatever is permitted only because the service learns, or fails open, is left out: a file cannot tell a sound
 * stranger from an unsound one.
 *
 * @param service short name
 * @param now milliseconds since 1970
 */
export async function expandAllowlist(
  snapshot: Snapshot,
  service: string,
  source: ExpansionSource,
  now: number,
): Promise<Expansion> {
  const view = snapshot.service(service);
  const leftOut: LeftOut[] = [];
  if (view === null) return { entries: [], leftOut, changesAt: Number.POSITIVE_INFINITY };
  // How old the snapshot may be is asked by whoever serves the list: an empty one would say that nobody may enter.
  const present = ofAnyAge(snapshot);
  const moments = new NextMoment(now);
  const buckets: AllowlistEntry[][] = Array.from({ length: BUCKETS }, () => []);
  for (const candidate of source.candidates) {
    await letOthersRun();
    const { certificate } = candidate;
    moments.note(certificate.notBefore, certificate.notAfter + 1_000);
    noteMoments(moments, present, certificate, view.index);
    const decision = decide(present, { service, method: null, path: null, certificate }, now);
    const limits = limitsOf(decision.reason);
    if (limits === null || decision.client === null) continue;
    buckets[Number.parseInt(certificate.sha256.slice(0, 2), 16)]?.push({
      candidate,
      client: present.client(decision.client),
      limits: limits
        ? present
            .grants(decision.client, view.index)
            .filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt)
        : null,
    });
  }
  const missing = new Map<string, LeftOut>();
  for (const sha256 of source.unknownCertificates) {
    await letOthersRun();
    const certificate = perfect(sha256);
    noteMoments(moments, present, certificate, view.index);
    const { client, reason } = decide(present, { service, method: null, path: null, certificate }, now);
    if (client === null || (limitsOf(reason) === null && reason !== "issuer-not-accepted")) continue;
    const known = present.client(client);
    missing.set(known.id, { reason: "certificate-not-in-inventory", client: known });
  }
  if (view.isLearning) leftOut.push({ reason: "learning", client: null });
  leftOut.push(...[...missing.values()].toSorted(byClient));
  return { entries: await inOrder(buckets), leftOut, changesAt: moments.next };
}

/** Entries are put in order in so many pieces, as sorting a hundred thousand at once would hold everybody up. */
const BUCKETS = 256;

async function inOrder(buckets: readonly AllowlistEntry[][]): Promise<AllowlistEntry[]> {
  const entries: AllowlistEntry[] = [];
  for (const bucket of buckets) {
    await letOthersRun();
    bucket.sort((a, b) => (a.candidate.certificate.sha256 < b.candidate.certificate.sha256 ? -1 : 1));
    for (const entry of bucket) entries.push(entry);
  }
  return entries;
}

const byClient = (a: LeftOut, b: LeftOut) => ((a.client?.id ?? "") < (b.client?.id ?? "") ? -1 : 1);

/** False for one that may do everything, true for one that may do something, null for one that may not enter. */
function limitsOf(reason: ReturnType<typeof decide>["reason"]): boolean | null {
  if (reason === "granted") return false;
  return reason === "path-not-granted" || reason === "method-not-granted" ? true : null;
}

function noteMoments(
  moments: NextMoment,
  snapshot: Snapshot,
  certificate: PresentedCertificate,
  service: number,
): void {
  for (const { client, startsAt, endsAt } of snapshot.credentialsOf(certificate)) {
    moments.note(startsAt, endsAt, snapshot.client(client).expiresAt);
    for (const grant of snapshot.grants(client, service)) moments.note(grant.startsAt, grant.endsAt);
  }
}

/** Finds the first moment to come. */
class NextMoment {
  next = Number.POSITIVE_INFINITY;
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  note(...moments: readonly number[]): void {
    for (const moment of moments) if (moment > this.#now && moment < this.next) this.next = moment;
  }
}

/** A certificate that is pinned and that nobody here has seen, if nothing is wrong with it. */
function perfect(sha256: string): PresentedCertificate {
  return {
    ...{ sha256, keySha256: "", names: [], issuer: null, notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER },
    ...{ isForClients: true, strength: Number.MAX_SAFE_INTEGER, revocation: "good" },
  };
}

function ofAnyAge(snapshot: Snapshot): Snapshot {
  return {
    usableUntil: Number.POSITIVE_INFINITY,
    service: (slug) => snapshot.service(slug),
    credentialsOf: (certificate) => snapshot.credentialsOf(certificate),
    client: (index) => snapshot.client(index),
    credentialId: (index) => snapshot.credentialId(index),
    grants: (client, service) => snapshot.grants(client, service),
  };
}
