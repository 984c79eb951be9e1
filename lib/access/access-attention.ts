import { inClientState } from "#lib/access/client-state.ts";
import { type DecisionOutage, recentOutages } from "#lib/access/decision-outage.ts";
import { endingClients } from "#lib/access/ending-clients.ts";
import { type ListedProxy, listProxies } from "#lib/access/proxy-read.ts";
import { servicesWithUntoldUse } from "#lib/access/untold-use.ts";
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

const COUNTED_MAX = 1_000;
const NAMED_MAX = 5;
const SERVICES_MAX = 20;
const PROXIES_MAX = 200;

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
  const { things, more } = ending;
  return {
    ...{ learning, unused, outages, proxies },
    ending: {
      things: things.slice(0, NAMED_MAX),
      count: Math.min(things.length, COUNTED_MAX),
      more: more || things.length > COUNTED_MAX,
    },
  };
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
  const where = inClientState("unused", now, await servicesWithUntoldUse(read, now));
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

function bounded<Thing>(things: Thing[], count: number): Some<Thing> {
  return { things, count: Math.min(count, COUNTED_MAX), more: count > COUNTED_MAX };
}
