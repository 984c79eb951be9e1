import { hoursOfService, type UseHour } from "#lib/access/use-hours.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";
import { queryRows, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** Clients and callers of a service are counted to this; more is given as one more, and shown as "1,000+". */
export const SERVICE_COUNT_MAX = 1_000;

const LIMIT_MAX = 200;

/** What a service is, and how many meet there. */
export interface ListedService {
  id: string;
  slug: string;
  name: string;
  notes: string;
  hostNames: string[];
  /** Bits; 0 for any. */
  minimumStrength: number;
  /** Ids of authorities; empty for all. */
  authorities: string[];
  unknownClients: "refuse" | "learn";
  failsOpen: boolean;
  status: "active" | "retired";
  createdAt: Date;
  version: number;
  /** Proxies in front of it that are not retired, by short name. */
  proxies: ServiceProxy[];
  /** Clients with a grant that holds now; one more than SERVICE_COUNT_MAX stands for more. */
  clientsGranted: number;
  /** Callers who came and are not known, counted alike. */
  callersUnknown: number;
}

export interface ServiceProxy {
  id: string;
  slug: string;
  name: string;
  kind: string;
  lastSeenAt: Date | null;
}

/** A service with its use and its allowlists. */
export interface WholeService extends ListedService {
  /** Requests let in and refused in each of the last 36 hours, the oldest first. */
  hours: UseHour[];
  /** The newest version of each format that somebody asked for. */
  allowlists: {
    format: string;
    version: number;
    sha256: string;
    admitted: number;
    unexpressed: number;
    madeAt: Date;
  }[];
}

export interface ServiceListing {
  /** Those that are retired instead of those that are not. */
  retired?: boolean | undefined;
  after?: string | undefined;
  /** 50 when absent, 200 at most. */
  limit?: number | undefined;
}

/**
 * Services by short name.
 *
 * @returns a page, and the cursor of the next; null when there is none
 * @throws DomainError `forbidden`, `malformed` for a cursor that is none
 */
export async function listServices(
  { database, clock }: Installation,
  actor: Actor,
  { retired = false, after, limit = 50 }: ServiceListing = {},
): Promise<{ services: ListedService[]; next: string | null }> {
  authorize(actor, "client:read");
  if (after !== undefined && !isReference(after)) {
    throw malformed("after", "cursor", "after is not a cursor of this list.");
  }
  const now = clock.now();
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  const rows = await database.read.service.findMany({
    where: {
      status: retired ? "retired" : "active",
      ...(after === undefined ? {} : { slug: { gt: after } }),
    },
    orderBy: { slug: "asc" },
    take: size + 1,
    include: WITH_PROXIES,
  });
  const services: ListedService[] = [];
  for (const row of rows.slice(0, size)) services.push(await listed(database, row, now));
  return { services, next: rows.length > size ? (services.at(-1)?.slug ?? null) : null };
}

/**
 * A service with its use and its allowlists.
 *
 * @param slug its short name, or its id, as the audit trail has it
 * @throws DomainError `forbidden`, `notFound`
 */
export async function getService(
  { database, clock }: Installation,
  actor: Actor,
  slug: string,
): Promise<WholeService> {
  authorize(actor, "client:read");
  const now = clock.now();
  const row = isReference(slug)
    ? await database.read.service.findFirst({
        where: { OR: [{ slug }, { id: slug }] },
        // After a restore there are numbers whose lists are yet to be made.
        include: {
          ...WITH_PROXIES,
          allowlists: { where: { sha256: { not: "" } }, orderBy: { format: "asc" } },
        },
      })
    : null;
  if (row === null) throw new DomainError("notFound", "There is no such service.");
  return {
    ...(await listed(database, row, now)),
    hours: await hoursOfService(database, row.id, now),
    allowlists: row.allowlists.map(({ serviceId: _, ...allowlist }) => allowlist),
  };
}

const WITH_PROXIES = {
  proxies: {
    where: { proxy: { status: "active" } },
    select: { proxy: { select: { id: true, slug: true, name: true, kind: true, lastSeenAt: true } } },
    orderBy: { proxy: { slug: "asc" } },
  },
} as const;

interface ServiceRow {
  id: string;
  slug: string;
  name: string;
  notes: string;
  hostNames: string;
  minimumStrength: number;
  authorities: string;
  unknownClients: string;
  failsOpen: boolean;
  status: string;
  createdAt: Date;
  version: number;
  proxies: { proxy: ServiceProxy }[];
}

async function listed(database: Database, row: ServiceRow, now: Date): Promise<ListedService> {
  const { id, slug, name, notes, minimumStrength, failsOpen, createdAt, version } = row;
  const [clientsGranted, callersUnknown] = await Promise.all([
    countGranted(database, id, now),
    database.read.caller.count({ where: { serviceId: id }, take: SERVICE_COUNT_MAX + 1 }),
  ]);
  return {
    ...{ id, slug, name, notes, minimumStrength, failsOpen, createdAt, version },
    hostNames: JSON.parse(row.hostNames) as string[],
    authorities: JSON.parse(row.authorities) as string[],
    // Both written by service-change.ts only.
    unknownClients: row.unknownClients as ListedService["unknownClients"],
    status: row.status as ListedService["status"],
    proxies: row.proxies.map(({ proxy }) => proxy),
    ...{ clientsGranted, callersUnknown },
  };
}

/** Clients, not grants: one may have several. */
async function countGranted(database: Database, serviceId: string, now: Date): Promise<number> {
  const time = timeParameter(database);
  const at = timeValue(database, now);
  const [row] = await queryRows(
    database,
    `SELECT count(*) AS "clients" FROM (
       SELECT DISTINCT "clientId" FROM "Grant"
       WHERE "serviceId" = ? AND "startsAt" <= ${time} AND ("endsAt" IS NULL OR "endsAt" > ${time})
       LIMIT ${SERVICE_COUNT_MAX + 1}
     ) AS "granted"`,
    [serviceId, at, at],
  );
  return Number(row?.clients);
}
