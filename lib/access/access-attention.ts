import { inClientState } from "#lib/access/client-state.ts";
import { type DecisionOutage, recentOutages } from "#lib/access/decision-outage.ts";
import { type ListedProxy, listProxies } from "#lib/access/proxy-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Reader } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";

/** Things of one sort that somebody should look at: some of them, and how many there are. */
export interface Some<Thing> {
  things: Thing[];
  count: number;
  /** There are more than were counted. */
  more: boolean;
}

/** What needs a person of clients, services and proxies. */
export interface AccessAttention {
  /** Services that let unknown callers in, with how many of them wait to be admitted. */
  learning: { slug: string; name: string; callers: number }[];
  /** Active clients that nobody used for long. */
  unused: Some<{ id: string; name: string; at: Date }>;
  /** Clients that have no credential any more when one ends that ends soon, or that expire themselves. */
  ending: Some<{ id: string; name: string; at: Date }>;
  /** When decisions were made without the database. */
  outages: DecisionOutage[];
  /** Those that are not retired. */
  proxies: Pick<ListedProxy, "slug" | "name" | "files" | "addresses" | "lastSeenAt">[];
}

/** An end is told so long before. */
export const ENDING_DAYS = 7;

const COUNTED_MAX = 1_000;
const NAMED_MAX = 5;
const SERVICES_MAX = 20;
const PROXIES_MAX = 200;
const DAY_MS = 24 * 3_600_000;

/** Looks at everything of clients, services and proxies that Home tells of. @throws DomainError `forbidden` */
export async function accessAttention(installation: Installation, actor: Actor): Promise<AccessAttention> {
  authorize(actor, "client:read");
  const { read } = installation.database;
  const now = installation.clock.now();
  const [learning, unused, ending, outages, { proxies }] = await Promise.all([
    learningServices(read),
    unusedClients(read, now),
    endingClients(read, now),
    recentOutages(read, now),
    listProxies(installation, actor, { limit: PROXIES_MAX }),
  ]);
  return { learning, unused, ending, outages, proxies };
}

async function learningServices(read: Reader): Promise<AccessAttention["learning"]> {
  const services = await read.service.findMany({
    where: { status: "active", unknownClients: "learn" },
    select: { id: true, slug: true, name: true },
    orderBy: { slug: "asc" },
    take: SERVICES_MAX,
  });
  return Promise.all(
    services.map(async ({ id, ...service }) => ({
      ...service,
      callers: await read.caller.count({ where: { serviceId: id }, take: COUNTED_MAX + 1 }),
    })),
  );
}

async function unusedClients(read: Reader, now: Date): Promise<AccessAttention["unused"]> {
  const where = inClientState("unused", now);
  const [rows, count] = await Promise.all([
    read.client.findMany({
      where,
      select: { id: true, name: true, lastUsedAt: true, createdAt: true },
      orderBy: [{ lastUsedAt: "asc" }, { id: "asc" }],
      take: NAMED_MAX,
    }),
    read.client.count({ where, take: COUNTED_MAX + 1 }),
  ]);
  const things = rows.map(({ id, name, lastUsedAt, createdAt }) => ({
    id,
    name,
    at: lastUsedAt ?? createdAt,
  }));
  return bounded(things, count);
}

/** Nobody needs to look at the end of one that has a successor: that is what a rotation leaves. */
async function endingClients(read: Reader, now: Date): Promise<AccessAttention["ending"]> {
  const until = new Date(now.getTime() + ENDING_DAYS * DAY_MS);
  const soon = { gt: now, lte: until };
  const take = COUNTED_MAX + 1;
  const [credentials, expiring] = await Promise.all([
    read.credential.findMany({
      where: { endsAt: soon },
      select: { clientId: true, endsAt: true },
      orderBy: { endsAt: "asc" },
      take,
    }),
    read.client.findMany({
      where: { status: "active", expiresAt: soon },
      select: { id: true, name: true, expiresAt: true },
      take,
    }),
  ]);
  // Asked for these alone: a condition on clients and their other credentials would look at all that there are.
  const ids = [...new Set(credentials.map(({ clientId }) => clientId))];
  const [lasting, active] = await Promise.all([
    read.credential.findMany({
      where: { clientId: { in: ids }, OR: [{ endsAt: null }, { endsAt: { gt: until } }] },
      select: { clientId: true },
    }),
    read.client.findMany({ where: { id: { in: ids }, status: "active" }, select: { id: true, name: true } }),
  ]);
  const lasts = new Set(lasting.map(({ clientId }) => clientId));
  const names = new Map(active.map(({ id, name }) => [id, name]));
  const things = new Map<string, AccessAttention["ending"]["things"][number]>();
  // The last of its credentials to end is the one after which nothing proves it.
  for (const { clientId: id, endsAt } of credentials) {
    const name = names.get(id);
    if (endsAt !== null && name !== undefined && !lasts.has(id)) things.set(id, { id, name, at: endsAt });
  }
  for (const { id, name, expiresAt } of expiring) {
    const at = things.get(id)?.at;
    if (expiresAt !== null && (at === undefined || expiresAt < at))
      things.set(id, { id, name, at: expiresAt });
  }
  const sorted = [...things.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
  return {
    things: sorted.slice(0, NAMED_MAX),
    count: Math.min(sorted.length, COUNTED_MAX),
    more: credentials.length === take || expiring.length === take || sorted.length > COUNTED_MAX,
  };
}

function bounded<Thing>(things: Thing[], count: number): Some<Thing> {
  return { things, count: Math.min(count, COUNTED_MAX), more: count > COUNTED_MAX };
}
