import type { CallerReason } from "#lib/access/caller-tally.ts";
import { clientsOfCertificate } from "#lib/access/clients-of-certificate.ts";
import type { PresentedName } from "#lib/access/decide/request.ts";
import { type KnownIssuers, readKnownIssuers } from "#lib/access/known-issuers.ts";
import { type ReadCertificate, readPresented } from "#lib/access/presented-certificate.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Reader, Transaction } from "#lib/database.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { toHex } from "#lib/x509/hex.ts";

/** Somebody who came and was not admitted, as lists show it. */
export interface ListedCaller {
  /** Of its certificate; with the service it names the caller. */
  sha256: string;
  service: { id: string; slug: string; name: string };
  /** Through which it came last; null for one that is gone. */
  proxy: { slug: string; name: string } | null;
  displayName: string;
  subject: string;
  issuerName: string;
  /** The authority known here that signed it; null for a stranger's, of which no name counts. */
  issuer: { id: string; name: string } | null;
  /** Alternative names in their order, the common name last. */
  names: readonly PresentedName[];
  keySha256: string;
  notBefore: Date;
  notAfter: Date;
  reason: CallerReason;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** Requests. */
  count: number;
  /** Whom its certificate proves now: then it is not unknown, and the service is what it lacks. */
  client: { id: string; name: string } | null;
}

export interface CallerListing {
  /** Short name of the service at which they came. */
  service?: string | undefined;
  /** SHA-256 of the certificate, lower-case hex. */
  sha256?: string | undefined;
  after?: string | undefined;
  /** 50 when absent, 100 at most. */
  limit?: number | undefined;
}

const LIMIT_MAX = 100;

/**
 * Callers that nobody has admitted, those that were seen last first.
 *
 * @returns a page, and the cursor of the next; null when there is none
 * @throws DomainError `forbidden`, `malformed` for a cursor that is none
 */
export async function listCallers(
  { database, clock }: Installation,
  actor: Actor,
  { service, sha256, after, limit = 50 }: CallerListing = {},
): Promise<{ callers: ListedCaller[]; next: string | null }> {
  authorize(actor, "client:read");
  const now = clock.now();
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  const services = await database.read.service.findMany({
    where: { status: "active", ...(service === undefined ? {} : { slug: service }) },
    select: { id: true, slug: true, name: true },
  });
  const rows = await database.read.caller.findMany({
    where: {
      serviceId: { in: services.map(({ id }) => id) },
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(after === undefined ? {} : beyond(after)),
    },
    orderBy: [{ lastSeenAt: "desc" }, { sha256: "asc" }, { serviceId: "asc" }],
    take: size + 1,
  });
  const page = rows.slice(0, size);
  const [proxies, issuers, authorities] = await Promise.all([
    database.read.proxy.findMany({
      where: { id: { in: [...new Set(page.map(({ proxyId }) => proxyId))] } },
      select: { id: true, slug: true, name: true },
    }),
    readKnownIssuers(database),
    database.read.authority.findMany({ select: { id: true, name: true } }),
  ]);
  const callers: ListedCaller[] = [];
  for (const { body, serviceId, proxyId, reason, ...facts } of page) {
    await letOthersRun();
    const certificate = readCaller(body, issuers);
    const at = services.find(({ id }) => id === serviceId);
    // Only what can be read is recorded.
    if (certificate === null || at === undefined) continue;
    const proxy = proxies.find(({ id }) => id === proxyId);
    const [client] = await clientsOfCertificate(database.read, certificate, issuers, now);
    callers.push({
      ...facts,
      service: at,
      proxy: proxy === undefined ? null : { slug: proxy.slug, name: proxy.name },
      issuer: authorities.find(({ id }) => id === certificate.issuer) ?? null,
      names: certificate.names,
      keySha256: certificate.keySha256,
      notBefore: new Date(certificate.notBefore),
      notAfter: new Date(certificate.notAfter),
      reason: reason as CallerReason, // written by caller-tally.ts only
      client: client === undefined ? null : { id: client.id, name: client.name },
    });
  }
  const last = page.at(-1);
  return { callers, next: rows.length > size && last !== undefined ? cursorOf(last) : null };
}

/** How many came and are not admitted. @throws DomainError `forbidden` */
export async function countCallers({ database }: Installation, actor: Actor): Promise<number> {
  authorize(actor, "client:read");
  const services = await database.read.service.findMany({
    where: { status: "active" },
    select: { id: true },
  });
  return database.read.caller.count({ where: { serviceId: { in: services.map(({ id }) => id) } } });
}

/** The certificate of a caller, with the authority known here that signed it. */
export function readCaller(body: Uint8Array, issuers: KnownIssuers): ReadCertificate | null {
  return readPresented(body, (subject) => issuers.bySubject.get(toHex(subject)) ?? []);
}

interface Place {
  lastSeenAt: Date;
  sha256: string;
  serviceId: string;
}

const CURSOR = /^(\d{1,15})-([0-9a-f]{64})-([0-9a-zA-Z]{1,40})$/;

function cursorOf({ lastSeenAt, sha256, serviceId }: Place): string {
  return `${lastSeenAt.getTime()}-${sha256}-${serviceId}`;
}

function beyond(cursor: string) {
  const [, time, sha256 = "", serviceId = ""] = CURSOR.exec(cursor) ?? [];
  const lastSeenAt = new Date(Number(time));
  if (Number.isNaN(lastSeenAt.getTime())) {
    throw malformed("after", "cursor", "after is not a cursor of this list.");
  }
  return {
    OR: [
      { lastSeenAt: { lt: lastSeenAt } },
      { lastSeenAt, sha256: { gt: sha256 } },
      { lastSeenAt, sha256, serviceId: { gt: serviceId } },
    ],
  };
}

/** @returns null for one that is not remembered any more */
export function findCaller(read: Reader | Transaction, sha256: string, serviceId: string) {
  return read.caller.findUnique({ where: { sha256_serviceId: { sha256, serviceId } } });
}
