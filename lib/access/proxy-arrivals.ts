import { isOfKind } from "#lib/access/proxy-files.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";

/** What came from a proxy lately, for somebody who connects it. */
export interface ProxyArrivals {
  /** When this was looked at. */
  at: Date;
  lastSeenAt: Date | null;
  lastSeenFrom: string | null;
  /** Who came through it in this hour and the one before, the last one first. */
  decisions: {
    /** Null for whoever is not known. */
    client: { id: string; name: string } | null;
    service: { slug: string; name: string };
    permitted: number;
    refused: number;
    lastAt: Date;
  }[];
  /** Those who are not admitted, with why. */
  callers: {
    sha256: string;
    displayName: string;
    service: { slug: string };
    reason: string;
    lastSeenAt: Date;
  }[];
  /** Allowlists that it fetched. */
  files: { service: { slug: string }; format: string; fetchedVersion: number; fetchedAt: Date }[];
}

const HOUR_MS = 3_600_000;
const SHOWN = 8;

/** A report of a proxy that it saw nobody is nobody's arrival. */
const ANY = { OR: [{ permitted: { gt: 0 } }, { refused: { gt: 0 } }] };

/**
 * What came from a proxy in the last hour or two. Use is written every few seconds, so that is how late it may be.
 *
 * @param slug short name of the proxy
 * @throws DomainError `forbidden`, `notFound`
 */
export async function proxyArrivals(
  { database, clock }: Installation,
  actor: Actor,
  slug: string,
): Promise<ProxyArrivals> {
  authorize(actor, "client:read");
  const { read } = database;
  const at = clock.now();
  const since = new Date((Math.floor(at.getTime() / HOUR_MS) - 1) * HOUR_MS);
  const proxy = isReference(slug)
    ? await read.proxy.findUnique({
        where: { slug },
        select: {
          ...{ id: true, kind: true, lastSeenAt: true, lastSeenFrom: true },
          services: { select: { service: { select: { id: true, slug: true, name: true } } } },
          files: {
            select: {
              ...{ format: true, fetchedVersion: true, fetchedAt: true },
              service: { select: { slug: true } },
            },
            where: { service: { status: "active" } },
            orderBy: { fetchedAt: "desc" },
          },
        },
      })
    : null;
  if (proxy === null) throw new DomainError("notFound", "There is no such proxy.");
  const services = new Map(proxy.services.map(({ service: { id, ...service } }) => [id, service]));
  const [hours, callers] = await Promise.all([
    read.accessHour.findMany({
      where: { proxyId: proxy.id, serviceId: { in: [...services.keys()] }, hour: { gte: since }, ...ANY },
      orderBy: { lastAt: "desc" },
      take: SHOWN,
    }),
    read.caller.findMany({
      where: { proxyId: proxy.id, lastSeenAt: { gte: since } },
      select: { sha256: true, displayName: true, serviceId: true, reason: true, lastSeenAt: true },
      orderBy: { lastSeenAt: "desc" },
      take: SHOWN,
    }),
  ]);
  const clients = await read.client.findMany({
    where: { id: { in: hours.map(({ clientId }) => clientId) } },
    select: { id: true, name: true },
  });
  return {
    at,
    lastSeenAt: proxy.lastSeenAt,
    lastSeenFrom: proxy.lastSeenFrom,
    decisions: hours.flatMap(({ clientId, serviceId, permitted, refused, lastAt }) => {
      const service = services.get(serviceId);
      if (service === undefined) return [];
      return [
        { client: clients.find(({ id }) => id === clientId) ?? null, service, permitted, refused, lastAt },
      ];
    }),
    callers: callers.flatMap(({ serviceId, ...caller }) => {
      const service = services.get(serviceId);
      return service === undefined ? [] : [{ ...caller, service: { slug: service.slug } }];
    }),
    files: proxy.files
      .filter(
        ({ format, service }) =>
          isOfKind(format, proxy.kind) &&
          [...services.values()].some(({ slug: own }) => own === service.slug),
      )
      .slice(0, SHOWN),
  };
}
