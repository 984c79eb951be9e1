import { type ClientState, clientState } from "#lib/access/client-state.ts";
import { readKnownIssuers } from "#lib/access/known-issuers.ts";
import { lastUses } from "#lib/access/last-uses.ts";
import { proofStandings } from "#lib/access/proof-standing.ts";
import { type Obstacle, reachObstacle } from "#lib/access/reach-obstacle.ts";
import { clientsWithUntoldUse } from "#lib/access/untold-use.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";

/** A client that has a grant for a service now. */
export interface ReachingClient {
  client: { id: string; name: string; environment: string; owner: string; state: ClientState };
  /** Its grants for this service that hold now. */
  grants: { id: string; paths: string[]; methods: string[]; startsAt: Date; endsAt: Date | null }[];
  /** Why it is refused all the same; null when it may enter. */
  obstacle: Obstacle | null;
  /** False when nothing of it can be on a list: it is known by certificates only that are not in the inventory. */
  isListable: boolean;
  lastUsedAt: Date | null;
}

const LIMIT_MAX = 200;

/** Credentials of one client that are looked at. */
const CREDENTIALS_MAX = 20;

/**
 * Who may call a service now, the oldest client first: each with a grant that holds, and what stands in its way if
 * anything does. Retired clients are not among them.
 *
 * @param service id or short name of the service
 * @returns a page, and the cursor of the next; null when there is none
 * @throws DomainError `forbidden`; `notFound`; `malformed` for a cursor that is none
 */
export async function whoCanReach(
  { database, clock }: Installation,
  actor: Actor,
  service: string,
  { after, limit = 50 }: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<{ clients: ReachingClient[]; next: string | null }> {
  authorize(actor, "client:read");
  if (after !== undefined && !isReference(after)) {
    throw malformed("after", "cursor", "after is not a cursor of this list.");
  }
  const { read } = database;
  const select = { id: true, minimumStrength: true, authorities: true } as const;
  const found = isReference(service)
    ? ((await read.service.findUnique({ where: { id: service }, select })) ??
      (await read.service.findUnique({ where: { slug: service }, select })))
    : null;
  if (found === null) throw new DomainError("notFound", "There is no such service.");
  const serviceId = found.id;
  const now = clock.now();
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  const holds = { startsAt: { lte: now }, OR: [{ endsAt: null }, { endsAt: { gt: now } }] };
  const page = await read.grant.groupBy({
    by: ["clientId"],
    where: {
      ...{ serviceId, ...holds },
      client: { status: { not: "retired" } },
      ...(after === undefined ? {} : { clientId: { gt: after } }),
    },
    orderBy: { clientId: "asc" },
    take: size + 1,
  });
  const ids = page.slice(0, size).map(({ clientId }) => clientId);
  const rows = await read.client.findMany({
    where: { id: { in: ids } },
    orderBy: { id: "asc" },
    include: {
      grants: { where: { serviceId, ...holds }, orderBy: { id: "asc" } },
      credentials: { where: holds, orderBy: { id: "desc" }, take: CREDENTIALS_MAX },
    },
  });
  const used = await lastUses(database, ids, [serviceId]);
  const untold = await clientsWithUntoldUse(read, ids, now);
  const issuers = await readKnownIssuers(database);
  const demands = {
    minimumStrength: found.minimumStrength,
    authorities: JSON.parse(found.authorities) as string[],
  };
  const clients: ReachingClient[] = [];
  for (const { id, name, environment, owner, grants, credentials, ...facts } of rows) {
    const state = clientState(facts, now, !untold.has(id));
    const standings = await proofStandings(database, credentials, now, issuers);
    clients.push({
      client: { id, name, environment, owner, state },
      grants: grants.map(({ id: grant, paths, methods, startsAt, endsAt }) => ({
        id: grant,
        paths: JSON.parse(paths) as string[],
        methods: JSON.parse(methods) as string[],
        ...{ startsAt, endsAt },
      })),
      obstacle: await reachObstacle(read, state, [...standings.values()], demands, issuers),
      isListable: credentials.some(
        (each) => each.kind !== "certificate" || standings.get(each.id)?.certificate != null,
      ),
      lastUsedAt: used.get(`${id} ${serviceId}`) ?? null,
    });
  }
  return { clients, next: page.length > size ? (ids.at(-1) ?? null) : null };
}

/**
 * Why a client would be refused at a service, if it was granted to it.
 *
 * @returns null when it may enter, as far as is known here, and when one of the two is not there
 * @throws DomainError `forbidden`
 */
export async function clientObstacle(
  { database, clock }: Installation,
  actor: Actor,
  clientId: string,
  serviceId: string,
): Promise<Obstacle | null> {
  authorize(actor, "client:read");
  const { read } = database;
  const now = clock.now();
  const [client, service] = await Promise.all([
    read.client.findUnique({
      where: { id: clientId },
      include: {
        credentials: {
          where: { startsAt: { lte: now }, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
          orderBy: { id: "desc" },
          take: CREDENTIALS_MAX,
        },
      },
    }),
    read.service.findUnique({
      where: { id: serviceId },
      select: { minimumStrength: true, authorities: true },
    }),
  ]);
  if (client === null || service === null) return null;
  const issuers = await readKnownIssuers(database);
  const standings = await proofStandings(database, client.credentials, now, issuers);
  const authorities = JSON.parse(service.authorities) as string[];
  return reachObstacle(
    read,
    clientState(client, now, true),
    [...standings.values()],
    { ...service, authorities },
    issuers,
  );
}
