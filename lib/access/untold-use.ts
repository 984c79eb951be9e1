import { USE_KEPT_DAYS } from "#lib/access/use-hours.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Reader } from "#lib/database.ts";

const DAY_SECONDS = 86_400;

/** A proxy that has not fetched for so long does not decide by that file any more. */
const FETCHED_DAYS = 30;

/**
 * Services before which a proxy decides by a file and reports no use: whether somebody calls them is not known.
 *
 * @returns their ids
 */
export async function servicesWithUntoldUse(read: Reader, now: Date): Promise<string[]> {
  const files = await read.proxyFile.findMany({
    where: { fetchedAt: { gte: addSeconds(now, -FETCHED_DAYS * DAY_SECONDS) }, proxy: { status: "active" } },
    select: { proxyId: true, serviceId: true },
    distinct: ["proxyId", "serviceId"],
  });
  const reported = await read.accessHour.groupBy({
    by: ["serviceId", "proxyId"],
    // Of nobody: what every report leaves. A proxy makes one row an hour at most.
    where: {
      clientId: "",
      serviceId: { in: [...new Set(files.map(({ serviceId }) => serviceId))] },
      hour: { gte: addSeconds(now, -USE_KEPT_DAYS * DAY_SECONDS) },
    },
  });
  const told = new Set(reported.map(({ serviceId, proxyId }) => `${serviceId} ${proxyId}`));
  const untold = files.filter(({ serviceId, proxyId }) => !told.has(`${serviceId} ${proxyId}`));
  return [...new Set(untold.map(({ serviceId }) => serviceId))];
}

/** Of some clients, those that may call such a service: that nobody saw them says nothing. */
export async function clientsWithUntoldUse(
  read: Reader,
  clientIds: readonly string[],
  now: Date,
): Promise<Set<string>> {
  const services = await servicesWithUntoldUse(read, now);
  if (services.length === 0) return new Set();
  const rows = await read.grant.findMany({
    where: { clientId: { in: [...clientIds] }, ...untoldGrant(services, now) },
    select: { clientId: true },
    distinct: ["clientId"],
  });
  return new Set(rows.map(({ clientId }) => clientId));
}

/** A grant of such a service, as a condition. @param services ids, from `servicesWithUntoldUse` */
export function untoldGrant(services: readonly string[], now: Date) {
  return { serviceId: { in: [...services] }, OR: [{ endsAt: null }, { endsAt: { gt: now } }] };
}
