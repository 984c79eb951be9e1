import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { allowedFetch, type Fetched, type FetchOptions } from "#lib/authority/allowed-fetch.ts";
import { CHECKING_AGENT } from "#lib/authority/crl-fetches.ts";
import { ownUrls } from "#lib/authority/own-urls.ts";
import { publishedAddresses } from "#lib/authority/published-addresses.ts";
import { doubtful, type Evidence, type Finding } from "#lib/authority/verifier-conclusion.ts";
import { concludeCrl } from "#lib/authority/verifier-crl.ts";
import { concludeIssuer } from "#lib/authority/verifier-issuer.ts";
import { concludeOcsp } from "#lib/authority/verifier-ocsp.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";
import { type ParsedCertificate, parseCertificate } from "#lib/x509/certificate-reader.ts";
import { encodeCertId } from "#lib/x509/ocsp-cert-id.ts";
import { encodeOcspRequest } from "#lib/x509/ocsp-request-writer.ts";

/** What was found at one address. */
export interface AddressView extends Finding {
  kind: "crl" | "issuer" | "ocsp";
  /** An OCSP responder is asked both ways: what is fetched by GET may come out of a cache. */
  method: "GET" | "POST";
  /** As printed; empty when there is none. */
  url: string;
  evidence: Evidence[];
  /** From the resolution of the name to the last byte; null when nothing was asked. */
  milliseconds: number | null;
}

/** What relying parties see of an authority. */
export interface VerifierView {
  authorityId: string;
  slug: string;
  name: string;
  at: Date;
  /** In which certificate the addresses are printed; null when it has issued none yet: then as the next one will. */
  certificate: { id: string; name: string } | null;
  addresses: AddressView[];
}

const FETCH_MS = 10_000;

/** Certificates and OCSP answers. */
const SMALL_BYTES_MAX = 256 * 1024;

const CRL_BYTES_MAX = 64 * 1024 * 1024;

/** Looks that go on, by authority. Each may have the largest lists in memory. */
const running = new WeakMap<Database, Map<string, Promise<VerifierView>>>();
const RUNNING_MAX = 2;

/**
 * Looks at an authority as a relying party does: fetches its CRL, its certificate and OCSP answers at the addresses that
 * are printed in the newest certificate that it issued, and says what a client would conclude. It is seen from where
 * this server stands: a firewall elsewhere may let less through. All who ask at once are told of one look.
 *
 * @param reference id or short name of the authority
 * @param options for tests: how names are resolved
 * @throws DomainError `notFound`; `rateLimited` while others are looked at
 */
export async function verifierView(
  installation: Installation,
  actor: Actor,
  reference: string,
  options: Pick<FetchOptions, "resolve"> = {},
): Promise<VerifierView> {
  authorize(actor, "authority:read");
  const authority = await readAuthority(installation, reference);
  const looks = running.get(installation.database) ?? new Map<string, Promise<VerifierView>>();
  running.set(installation.database, looks);
  const present = looks.get(authority.id);
  if (present !== undefined) return present;
  if (looks.size >= RUNNING_MAX) {
    throw new DomainError("rateLimited", "Other authorities are being looked at; try again in a moment.");
  }
  const looking = lookAt(installation, authority, options).finally(() => looks.delete(authority.id));
  looks.set(authority.id, looking);
  return looking;
}

async function lookAt(
  installation: Installation,
  authority: Awaited<ReturnType<typeof readAuthority>>,
  options: Pick<FetchOptions, "resolve">,
): Promise<VerifierView> {
  const { id, slug, name } = authority;
  const printed = await newestIssued(installation, id);
  const addresses = addressesIn(printed, authority);
  const usual: FetchOptions = {
    ...options,
    milliseconds: FETCH_MS,
    bytesMax: SMALL_BYTES_MAX,
    allowed: installation.config.fetchRanges,
    headers: { "User-Agent": CHECKING_AGENT },
    // Ours may be anywhere; what they lead to is judged anew.
    ownUrls: await ownUrls(installation),
  };
  const issuer = parseCertificate(authority.certificate.body);
  const now = installation.clock.now();
  const views = await Promise.all([
    ...addresses.crl.map((url) =>
      settled(async () => {
        const number = await publishedNumber(installation, id);
        const fetched = await allowedFetch(url, { ...usual, bytesMax: CRL_BYTES_MAX });
        const numberAfter = await publishedNumber(installation, id);
        const expected = { issuer, number, numberAfter, now: installation.clock.now() };
        return seen("crl", "GET", url, fetched, await concludeCrl(url, fetched, expected));
      }),
    ),
    ...addresses.issuer.map(async (url) => {
      const fetched = await allowedFetch(url, usual);
      return seen("issuer", "GET", url, fetched, concludeIssuer(url, fetched, issuer));
    }),
    ...(printed === null
      ? []
      : addresses.ocsp.flatMap((url) => askOcsp(installation, url, usual, issuer, printed))),
  ]);
  return {
    authorityId: id,
    slug,
    name,
    at: now,
    certificate: printed === null ? null : { id: printed.id, name: printed.name },
    addresses: [...views, ...notPrinted(addresses)],
  };
}

/** What differs from what is recorded: it may have been recorded a moment ago. */
const DIFFERING: ReadonlySet<Finding["conclusion"]> = new Set([
  "stale",
  "other-installation",
  "wrong-status",
]);

/** Whoever answers has learnt of a change by then (lib/authority/revocation-counter.ts). */
const SETTLED_MS = 300;

/** Looks again when what is found differs from what is recorded: what differs still is not on its way. */
async function settled(look: () => Promise<AddressView>): Promise<AddressView> {
  const first = await look();
  if (!DIFFERING.has(first.conclusion)) return first;
  await setTimeout(SETTLED_MS);
  return look();
}

async function publishedNumber({ database }: Installation, authorityId: string): Promise<bigint> {
  const publication = await database.read.crlPublication.findUnique({
    where: { authorityId },
    select: { number: true },
  });
  return publication?.number ?? 0n;
}

async function readAuthority({ database }: Installation, reference: string) {
  const authority = isReference(reference)
    ? await database.read.authority.findFirst({
        where: { OR: [{ id: reference }, { slug: reference }] },
        select: {
          id: true,
          slug: true,
          name: true,
          distributionBase: true,
          certificate: { select: { body: true } },
        },
      })
    : null;
  if (authority === null) throw new DomainError("notFound", "There is no such authority.");
  return authority;
}

interface Printed {
  id: string;
  name: string;
  serial: string;
  parsed: ParsedCertificate;
}

/** Cohorts that are looked at, the newest first; those of one authority differ by owner, tags and the like. */
const COHORTS_MAX = 20;

/** What an authority issued last, as far as it can be told from few rows; one that is good before one that is not. */
async function newestIssued({ database, clock }: Installation, issuerId: string): Promise<Printed | null> {
  const cohorts = await database.read.certificateCohort.findMany({
    // Certificates of OCSP responders name no addresses: nobody is to check them (RFC 6960 §4.2.2.2.1).
    where: { issuerId, NOT: { kind: "end-entity", source: "system", profileId: null } },
    select: { id: true, state: true, source: true },
    orderBy: { id: "desc" },
    take: COHORTS_MAX,
  });
  const found = await Promise.all(
    cohorts.map(async ({ id, state, source }) => {
      const row = await database.read.certificate.findFirst({
        where: { cohortId: id, status: "issued", notAfter: { gt: clock.now() } },
        select: { id: true, displayName: true, serial: true, body: true, createdAt: true },
        orderBy: { notAfter: "desc" },
      });
      return row === null ? [] : [{ row, state, rank: rankOf(state, source) }];
    }),
  );
  const [newest] = found
    .flat()
    .sort((a, b) => a.rank - b.rank || b.row.createdAt.getTime() - a.row.createdAt.getTime());
  if (newest === undefined) return null;
  const { row } = newest;
  return {
    id: row.id,
    name: row.displayName,
    serial: row.serial,
    parsed: parseCertificate(row.body),
  };
}

/** Smaller is better. Certificates that were imported may name the addresses of what was here before. */
function rankOf(state: string, source: string): number {
  return (state === "held" || state === "revoked" ? 2 : 0) + (source === "import" ? 1 : 0);
}

interface Addresses {
  crl: string[];
  issuer: string[];
  ocsp: string[];
}

/** http and https; what else is printed, as ldap, is not ours. */
function addressesIn(
  printed: Printed | null,
  authority: { distributionBase: string; slug: string },
): Addresses {
  if (printed === null) {
    const { crl, issuer, ocsp } = publishedAddresses(authority);
    return { crl: [crl], issuer: [issuer], ocsp: [ocsp] };
  }
  const { crlDistributionPoints, authorityInfoAccess } = printed.parsed;
  const fetchable = (urls: readonly string[]) => urls.filter((url) => /^https?:/i.test(url)).slice(0, 3);
  return {
    crl: fetchable(crlDistributionPoints),
    issuer: fetchable(authorityInfoAccess.caIssuers),
    ocsp: fetchable(authorityInfoAccess.ocsp),
  };
}

async function recordedStatus({ database }: Installation, id: string): Promise<"good" | "revoked"> {
  const isRevoked = await database.read.revocation.count({ where: { certificateId: id } });
  return isRevoked > 0 ? "revoked" : "good";
}

function askOcsp(
  installation: Installation,
  url: string,
  usual: FetchOptions,
  issuer: ParsedCertificate,
  { id, serial }: Printed,
): Promise<AddressView>[] {
  const named = { subject: issuer.subjectDer, spki: issuer.spki };
  const certId = encodeCertId(named, serial, "sha1");
  const expected = async () => ({
    issuer: named,
    serial,
    status: await recordedStatus(installation, id),
    now: installation.clock.now(),
  });
  const nonce = new Uint8Array(randomBytes(32));
  const post = async () => {
    const fetched = await allowedFetch(url, {
      ...usual,
      method: "POST",
      headers: { "Content-Type": "application/ocsp-request" },
      body: encodeOcspRequest([certId], nonce),
    });
    return seen("ocsp", "POST", url, fetched, concludeOcsp(fetched, { ...(await expected()), nonce }));
  };
  const get = async () => {
    // RFC 6960 §A.1: the base64 of the request, escaped, behind the address and a slash.
    const request = Buffer.from(encodeOcspRequest([certId], null)).toString("base64");
    const fetched = await allowedFetch(`${url.replace(/\/$/, "")}/${encodeURIComponent(request)}`, usual);
    return seen("ocsp", "GET", url, fetched, concludeOcsp(fetched, { ...(await expected()), nonce: null }));
  };
  return [settled(post), settled(get)];
}

function seen(
  kind: AddressView["kind"],
  method: AddressView["method"],
  url: string,
  { milliseconds }: Fetched,
  { finding, evidence }: { finding: Finding; evidence: Evidence[] },
): AddressView {
  return { kind, method, url, milliseconds, evidence, ...finding };
}

const NOT_PRINTED = {
  crl: "The newest certificate names no CRL: clients that check by CRL know nothing of it unless they are given the file.",
  issuer:
    "The newest certificate does not say where its issuer's certificate is: clients must be given the whole chain.",
  ocsp: "The newest certificate names no OCSP responder: clients do not ask.",
} as const;

function notPrinted(addresses: Addresses): AddressView[] {
  return (["crl", "issuer", "ocsp"] as const)
    .filter((kind) => addresses[kind].length === 0)
    .map((kind) => ({
      ...{ kind, url: "", milliseconds: null, evidence: [] },
      method: kind === "ocsp" ? ("POST" as const) : ("GET" as const),
      ...doubtful("not-printed", NOT_PRINTED[kind]),
    }));
}
