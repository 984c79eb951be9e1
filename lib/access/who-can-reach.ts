import { type ClientState, clientState } from "#lib/access/client-state.ts";
import { lastUses } from "#lib/access/last-uses.ts";
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
  obstacle: "client-suspended" | "client-expired" | "no-credential" | null;
  lastUsedAt: Date | null;
}

const LIMIT_MAX = 200;

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
  const select = { id: true } as const;
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
      credentials: { where: holds, select: { id: true }, take: 1 },
    },
  });
  const used = await lastUses(database, ids, [serviceId]);
  return {
    clients: rows.map(({ id, name, environment, owner, grants, credentials, ...facts }) => {
      const state = clientState(facts, now);
      return {
        client: { id, name, environment, owner, state },
        grants: grants.map(({ id: grant, paths, methods, startsAt, endsAt }) => ({
          id: grant,
          paths: JSON.parse(paths) as string[],
          methods: JSON.parse(methods) as string[],
          ...{ startsAt, endsAt },
        })),
        obstacle: obstacleOf(state, credentials.length),
        lastUsedAt: used.get(`${id} ${serviceId}`) ?? null,
      };
    }),
    next: page.length > size ? (ids.at(-1) ?? null) : null,
  };
}

function obstacleOf(state: ClientState, credentials: number): ReachingClient["obstacle"] {
  if (state === "suspended" || state === "expired") return `client-${state}`;
  return credentials === 0 ? "no-credential" : null;
}
