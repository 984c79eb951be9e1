import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Reader, Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/** Which version of the allowlist of a service a proxy decides from. */
export interface HeldAllowlist {
  proxy: { id: string; slug: string; name: string };
  service: { id: string; slug: string; name: string };
  format: string;
  newestVersion: number;
  fetchedVersion: number;
  fetchedAt: Date;
  liveVersion: number | null;
}

/** More proxies in front of some services than a page takes. */
const HELD_MAX = 500;

/** Whether a list is one that a proxy of that kind decides from: its own format, or json, which programs take. */
export const isOfKind = (format: string, kind: string) => format === kind || format === "json";

/**
 * The lists from which proxies decide at services, by the short names of the proxies. A proxy that asks has none, and
 * neither has one that does not stand in front of the service any more.
 *
 * @param serviceIds of these services only; null for all
 */
export async function heldAllowlists(
  read: Reader,
  serviceIds: readonly string[] | null,
): Promise<HeldAllowlist[]> {
  const rows = await read.proxyFile.findMany({
    where: {
      ...(serviceIds === null ? {} : { serviceId: { in: [...serviceIds] } }),
      ...{ proxy: { status: "active" }, service: { status: "active" } },
    },
    include: {
      proxy: {
        select: { ...NAMED, kind: true, services: { select: { serviceId: true } } },
      },
      service: { select: { ...NAMED, allowlists: { select: { format: true, version: true } } } },
    },
    orderBy: [{ proxy: { slug: "asc" } }, { service: { slug: "asc" } }, { format: "asc" }],
    take: HELD_MAX,
  });
  return rows
    .filter(
      ({ proxy, serviceId, format }) =>
        isOfKind(format, proxy.kind) && proxy.services.some((front) => front.serviceId === serviceId),
    )
    .map(({ proxy, service, format, fetchedVersion, fetchedAt, liveVersion }) => ({
      proxy: { id: proxy.id, slug: proxy.slug, name: proxy.name },
      service: { id: service.id, slug: service.slug, name: service.name },
      newestVersion: service.allowlists.find((each) => each.format === format)?.version ?? fetchedVersion,
      ...{ format, fetchedVersion, fetchedAt, liveVersion },
    }));
}

const NAMED = { id: true, slug: true, name: true } as const;

/** The same for people. @throws DomainError `forbidden` */
export async function listHeldAllowlists(
  { database }: Installation,
  actor: Actor,
  serviceIds: readonly string[],
): Promise<HeldAllowlist[]> {
  authorize(actor, "client:read");
  return serviceIds.length === 0 ? [] : heldAllowlists(database.read, serviceIds);
}

/** A proxy in front of a service. */
export interface FrontProxy {
  proxy: HeldAllowlist["proxy"];
  service: HeldAllowlist["service"];
  /** The list from which it decides; null when it asks about each request, or never fetched one. */
  list: HeldAllowlist | null;
}

/** Which proxies stand in front of services, each with the list from which it decides. @throws DomainError `forbidden` */
export async function listFrontProxies(
  { database }: Installation,
  actor: Actor,
  serviceIds: readonly string[],
): Promise<FrontProxy[]> {
  authorize(actor, "client:read");
  if (serviceIds.length === 0) return [];
  const [fronts, lists] = await Promise.all([
    database.read.proxyService.findMany({
      where: {
        serviceId: { in: [...serviceIds] },
        ...{ proxy: { status: "active" }, service: { status: "active" } },
      },
      select: { proxy: { select: NAMED }, service: { select: NAMED } },
      orderBy: [{ service: { slug: "asc" } }, { proxy: { slug: "asc" } }],
      take: HELD_MAX,
    }),
    heldAllowlists(database.read, serviceIds),
  ]);
  return fronts.map(({ proxy, service }) => ({
    ...{ proxy, service },
    list: lists.find((each) => each.proxy.id === proxy.id && each.service.id === service.id) ?? null,
  }));
}

/** Forgets the lists that a proxy held before it was changed and that are nothing to it now. */
export async function clearProxyFiles(
  transaction: Transaction,
  proxyId: string,
  { kind, services }: { kind: string; services: readonly string[] },
): Promise<void> {
  await transaction.proxyFile.deleteMany({
    where: {
      proxyId,
      OR: [{ serviceId: { notIn: [...services] } }, { format: { notIn: [kind, "json"] } }],
    },
  });
}

/**
 * Forgets that a proxy decided from the list of a service: it asks now. One that goes on fetching is there again with
 * its next fetch.
 *
 * @throws DomainError `forbidden`, `notFound`
 */
export async function forgetProxyFile(
  { database, clock }: Installation,
  actor: Actor,
  proxyId: string,
  serviceId: string,
): Promise<void> {
  authorize(actor, "service:manage");
  const now = clock.now();
  await database.write(async (transaction) => {
    const proxy = await transaction.proxy.findUnique({
      where: { id: proxyId },
      select: { name: true, files: { where: { serviceId }, include: { service: true } } },
    });
    const [file] = proxy?.files ?? [];
    if (proxy == null || file === undefined) {
      throw new DomainError("notFound", "The proxy holds no allowlist of this service.");
    }
    await transaction.proxyFile.deleteMany({ where: { proxyId, serviceId } });
    await appendAudit(transaction, actor, now, {
      action: "proxy.file-forgotten",
      object: { kind: "proxy", id: proxyId, name: proxy.name },
      details: { service: file.service.slug, fetchedVersion: file.fetchedVersion, fetchedAt: file.fetchedAt },
    });
  });
}
