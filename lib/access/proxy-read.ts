import { isOfKind } from "#lib/access/proxy-files.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Prisma } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";

/** A proxy as lists show it. Its token is known by its beginning only. */
export interface ListedProxy {
  id: string;
  slug: string;
  name: string;
  kind: string;
  header: string;
  tokenPrefix: string;
  certificateSha256: string | null;
  /** Short name of the trust bundle that it loads; empty when nobody said. */
  bundle: string;
  /** Version of its software; empty when nobody said. */
  software: string;
  status: "active" | "retired";
  createdAt: Date;
  createdBy: string;
  version: number;
  lastSeenAt: Date | null;
  lastSeenFrom: string | null;
  services: { id: string; slug: string; name: string }[];
  /** Whence it asked in the last 24 hours, the last one first; several may mean that its token was copied. */
  addresses: { address: string; firstSeenAt: Date; lastSeenAt: Date }[];
  /** The allowlists that it fetched and that are something to it: of its services, and of its kind. */
  files: ProxyAllowlist[];
}

/** How far a change has come with one allowlist of a proxy: made, fetched, in use. */
export interface ProxyAllowlist {
  service: { id: string; slug: string; name: string };
  format: string;
  newestVersion: number;
  fetchedVersion: number;
  fetchedAt: Date;
  liveVersion: number | null;
  liveAt: Date | null;
}

export interface ProxyListing {
  /** Those that are retired instead of those that are not. */
  retired?: boolean | undefined;
  after?: string | undefined;
  /** 50 when absent, 200 at most. */
  limit?: number | undefined;
}

const LIMIT_MAX = 200;

/** So far back addresses are shown. */
const ADDRESSES_MS = 24 * 3_600_000;
const ADDRESSES_MAX = 20;

/**
 * Proxies by short name.
 *
 * @returns a page, and the cursor of the next; null when there is none
 * @throws DomainError `forbidden`, `malformed` for a cursor that is none
 */
export async function listProxies(
  { database, clock }: Installation,
  actor: Actor,
  { retired = false, after, limit = 50 }: ProxyListing = {},
): Promise<{ proxies: ListedProxy[]; next: string | null }> {
  authorize(actor, "client:read");
  if (after !== undefined && !isReference(after)) {
    throw malformed("after", "cursor", "after is not a cursor of this list.");
  }
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  const rows = await database.read.proxy.findMany({
    where: {
      status: retired ? "retired" : "active",
      ...(after === undefined ? {} : { slug: { gt: after } }),
    },
    orderBy: { slug: "asc" },
    take: size + 1,
    select: selection(clock.now()),
  });
  const proxies = rows.slice(0, size).map(listed);
  return { proxies, next: rows.length > size ? (proxies.at(-1)?.slug ?? null) : null };
}

/**
 * One proxy.
 *
 * @param slug its short name, or its id, as the audit trail has it
 * @throws DomainError `forbidden`, `notFound`
 */
export async function getProxy(
  { database, clock }: Installation,
  actor: Actor,
  slug: string,
): Promise<ListedProxy> {
  authorize(actor, "client:read");
  const row = isReference(slug)
    ? await database.read.proxy.findFirst({
        where: { OR: [{ slug }, { id: slug }] },
        select: selection(clock.now()),
      })
    : null;
  if (row === null) throw new DomainError("notFound", "There is no such proxy.");
  return listed(row);
}

const SERVICE = { select: { id: true, slug: true, name: true } } as const;

const selection = (now: Date) =>
  ({
    id: true,
    slug: true,
    name: true,
    kind: true,
    header: true,
    tokenPrefix: true,
    certificateSha256: true,
    bundle: true,
    software: true,
    status: true,
    createdAt: true,
    createdBy: true,
    version: true,
    lastSeenAt: true,
    lastSeenFrom: true,
    services: { select: { service: SERVICE }, orderBy: { service: { slug: "asc" } } },
    addresses: {
      where: { lastSeenAt: { gt: new Date(now.getTime() - ADDRESSES_MS) } },
      select: { address: true, firstSeenAt: true, lastSeenAt: true },
      orderBy: { lastSeenAt: "desc" },
      take: ADDRESSES_MAX,
    },
    files: {
      where: { service: { status: "active" } },
      select: {
        format: true,
        fetchedVersion: true,
        fetchedAt: true,
        liveVersion: true,
        liveAt: true,
        service: {
          select: { ...SERVICE.select, allowlists: { select: { format: true, version: true } } },
        },
      },
      orderBy: [{ service: { slug: "asc" } }, { format: "asc" }],
    },
  }) satisfies Prisma.ProxySelect;

type Service = ProxyAllowlist["service"];

interface ProxyRow extends Omit<ListedProxy, "status" | "services" | "files"> {
  status: string;
  services: { service: Service }[];
  files: (Omit<ProxyAllowlist, "service" | "newestVersion"> & {
    service: Service & { allowlists: { format: string; version: number }[] };
  })[];
}

function listed({ status, services, files, ...facts }: ProxyRow): ListedProxy {
  return {
    ...facts,
    status: status as ListedProxy["status"], // written by proxy-change.ts only
    services: services.map(({ service }) => service),
    files: files
      .filter(
        ({ format, service }) =>
          isOfKind(format, facts.kind) && services.some((front) => front.service.id === service.id),
      )
      .map(({ service: { allowlists, ...service }, ...file }) => ({
        ...file,
        service,
        newestVersion:
          allowlists.find(({ format }) => format === file.format)?.version ?? file.fetchedVersion,
      })),
  };
}
