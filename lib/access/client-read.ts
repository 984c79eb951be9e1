import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { comparableText } from "#lib/x509/name-preparation.ts";

/** How a client is doing; `expired` and `unused` are active ones that somebody should look at. */
export const CLIENT_STATES = ["active", "unused", "suspended", "expired", "retired"] as const;
export type ClientState = (typeof CLIENT_STATES)[number];

/** A client as lists show it. */
export interface ListedClient {
  id: string;
  name: string;
  environment: string;
  owner: string;
  tags: string[];
  state: ClientState;
  expiresAt: Date | null;
  /** Names of the services that it may call now. */
  services: string[];
  /** Credentials that count now, and those that will. */
  credentials: { active: number; next: number };
  lastUsedAt: Date | null;
  lastService: string | null;
  lastProxy: string | null;
  refused: number;
  /** Requests let in and refused in each of the last 36 hours, the oldest first. */
  hours: { permitted: number; refused: number }[];
}

export interface ClientListing {
  /** Part of the name. */
  search?: string | undefined;
  state?: ClientState | undefined;
  /** Short name of a service that it may call. */
  service?: string | undefined;
  after?: string | undefined;
  /** 50 when absent, 200 at most. */
  limit?: number | undefined;
}

/** So long without use a client is worth a question. */
export const UNUSED_DAYS = 90;

const HOURS = 36;
const HOUR_MS = 3_600_000;
const LIMIT_MAX = 200;

/**
 * Clients by name.
 *
 * @returns a page, and the cursor of the next; null when there is none
 * @throws DomainError `forbidden`, `malformed` for a cursor that is none
 */
export async function listClients(
  { database, clock }: Installation,
  actor: Actor,
  { search = "", state, service, after, limit = 50 }: ClientListing = {},
): Promise<{ clients: ListedClient[]; next: string | null }> {
  authorize(actor, "client:read");
  const now = clock.now();
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  if (after !== undefined && after.length > 300)
    throw malformed("after", "cursor", "after is not a cursor of this list.");
  const key = comparableText(search);
  const rows = await database.read.client.findMany({
    where: {
      nameKey: { ...(key === "" ? {} : { contains: key }), ...(after === undefined ? {} : { gt: after }) },
      ...(state === undefined ? {} : ofState(state, now)),
      ...(service === undefined ? {} : { grants: { some: { service: { slug: service }, ...liveAt(now) } } }),
    },
    orderBy: { nameKey: "asc" },
    take: size + 1,
    include: {
      grants: { where: liveAt(now), select: { service: { select: { name: true } } }, take: 100 },
      credentials: {
        where: { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
        select: { startsAt: true },
      },
    },
  });
  const page = rows.slice(0, size);
  const [hours, names] = await Promise.all([
    hoursOf(
      database,
      page.map(({ id }) => id),
      now,
    ),
    namesOf(database, page),
  ]);
  return {
    clients: page.map((row) => ({
      ...{ id: row.id, name: row.name, environment: row.environment, owner: row.owner },
      tags: JSON.parse(row.tags) as string[],
      state: stateOf(row, now),
      ...{ expiresAt: row.expiresAt, lastUsedAt: row.lastUsedAt, refused: row.refused },
      services: [...new Set(row.grants.map((grant) => grant.service.name))].sort(),
      credentials: {
        active: row.credentials.filter(({ startsAt }) => startsAt <= now).length,
        next: row.credentials.filter(({ startsAt }) => startsAt > now).length,
      },
      lastService: names.get(row.lastServiceId ?? "") ?? null,
      lastProxy: names.get(row.lastProxyId ?? "") ?? null,
      hours: hours.get(row.id) ?? noHours(),
    })),
    next: rows.length > size ? (page.at(-1)?.nameKey ?? null) : null,
  };
}

/**
 * A client with everything that it proves itself by and may call, also what is over.
 *
 * @throws DomainError `forbidden`, `notFound`
 */
export async function getClient({ database, clock }: Installation, actor: Actor, id: string) {
  authorize(actor, "client:read");
  const now = clock.now();
  const row = await database.read.client.findUnique({
    where: { id },
    include: {
      grants: { include: { service: { select: { slug: true, name: true } } }, orderBy: { createdAt: "asc" } },
      credentials: {
        include: {
          authority: { select: { name: true } },
          certificate: { select: { id: true, displayName: true, serial: true, notAfter: true } },
        },
        orderBy: { createdAt: "asc" },
      },
    },
  });
  if (row === null) throw new DomainError("notFound", "There is no such client.");
  const { tags, grants, ...facts } = row;
  return {
    ...facts,
    state: stateOf(row, now),
    tags: JSON.parse(tags) as string[],
    grants: grants.map(({ paths, methods, ...grant }) => ({
      ...grant,
      paths: JSON.parse(paths) as string[],
      methods: JSON.parse(methods) as string[],
    })),
    hours: (await hoursOf(database, [id], now)).get(id) ?? noHours(),
  };
}

const liveAt = (now: Date) => ({
  startsAt: { lte: now },
  OR: [{ endsAt: null }, { endsAt: { gt: now } }],
});

const unusedBefore = (now: Date) => new Date(now.getTime() - UNUSED_DAYS * 24 * HOUR_MS);

interface StateFacts {
  status: string;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

function stateOf({ status, expiresAt, lastUsedAt, createdAt }: StateFacts, now: Date): ClientState {
  if (status === "suspended" || status === "retired") return status;
  if (expiresAt !== null && expiresAt <= now) return "expired";
  return (lastUsedAt ?? createdAt) < unusedBefore(now) ? "unused" : "active";
}

/** The same as a condition. */
function ofState(state: ClientState, now: Date) {
  if (state === "suspended" || state === "retired") return { status: state };
  const isActive = { status: "active" };
  if (state === "expired") return { ...isActive, expiresAt: { lte: now } };
  const lasts = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  const before = unusedBefore(now);
  const used = [{ lastUsedAt: { gte: before } }, { lastUsedAt: null, createdAt: { gte: before } }];
  const unused = [{ lastUsedAt: { lt: before } }, { lastUsedAt: null, createdAt: { lt: before } }];
  return { ...isActive, AND: [lasts, { OR: state === "unused" ? unused : used }] };
}

const noHours = () => Array.from({ length: HOURS }, () => ({ permitted: 0, refused: 0 }));

async function hoursOf({ read }: Database, ids: readonly string[], now: Date) {
  const newest = Math.floor(now.getTime() / HOUR_MS);
  const rows = await read.accessHour.groupBy({
    by: ["clientId", "hour"],
    where: { clientId: { in: [...ids] }, hour: { gt: new Date((newest - HOURS) * HOUR_MS) } },
    _sum: { permitted: true, refused: true },
  });
  const hours = new Map<string, ReturnType<typeof noHours>>();
  for (const { clientId, hour, _sum } of rows) {
    const all = hours.get(clientId) ?? noHours();
    hours.set(clientId, all);
    const place = HOURS - 1 - (newest - hour.getTime() / HOUR_MS);
    if (all[place] !== undefined) all[place] = { permitted: _sum.permitted ?? 0, refused: _sum.refused ?? 0 };
  }
  return hours;
}

async function namesOf(
  { read }: Database,
  rows: readonly { lastServiceId: string | null; lastProxyId: string | null }[],
): Promise<Map<string, string>> {
  const pick = (ids: (string | null)[]) => [...new Set(ids.filter((id) => id !== null))];
  const select = { id: true, name: true } as const;
  const [services, proxies] = await Promise.all([
    read.service.findMany({ where: { id: { in: pick(rows.map((row) => row.lastServiceId)) } }, select }),
    read.proxy.findMany({ where: { id: { in: pick(rows.map((row) => row.lastProxyId)) } }, select }),
  ]);
  return new Map([...services, ...proxies].map(({ id, name }) => [id, name]));
}
