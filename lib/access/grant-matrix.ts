import { type ClientState, clientState } from "#lib/access/client-state.ts";
import { lastUses } from "#lib/access/last-uses.ts";
import { clientsWithUntoldUse } from "#lib/access/untold-use.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { comparableText } from "#lib/x509/name-preparation.ts";

/** Columns at most; whoever has more services chooses some. */
export const MATRIX_SERVICES_MAX = 50;

const LIMIT_MAX = 200;

export interface MatrixListing {
  /** Part of the names of the clients. */
  search?: string | undefined;
  /** Short names of the services that are shown; the first 50 when absent. */
  services?: readonly string[] | undefined;
  after?: string | undefined;
  /** 50 when absent, 200 at most. */
  limit?: number | undefined;
}

/** Clients and services, and where they meet. */
export interface GrantMatrix {
  services: { id: string; slug: string; name: string }[];
  /** Services that there are beside those. */
  moreServices: number;
  rows: MatrixRow[];
  /** Cursor of the next page of clients; null when there is none. */
  next: string | null;
}

export interface MatrixRow {
  client: { id: string; name: string; state: ClientState };
  /** By the id of the service; nothing where the client may not, and will not. */
  cells: Record<string, MatrixCell>;
}

/** The widest of the grants of a client for a service. */
export interface MatrixCell {
  grantId: string;
  /** Live for everything there; limited to some paths or methods; or yet to begin. */
  state: "live" | "limited" | "future";
  endsAt: Date | null;
  /** When there are several, all of which have to end before the client may not any more. */
  grants: number;
  lastUsedAt: Date | null;
}

/**
 * Who may call what: clients by name, but for those that are retired, and services by short name.
 *
 * @throws DomainError `forbidden`, `malformed` for a cursor that is none
 */
export async function grantMatrix(
  { database, clock }: Installation,
  actor: Actor,
  { search = "", services: chosen, after, limit = 50 }: MatrixListing = {},
): Promise<GrantMatrix> {
  authorize(actor, "client:read");
  if (after !== undefined && after.length > 300) {
    throw malformed("after", "cursor", "after is not a cursor of this list.");
  }
  const { read } = database;
  const now = clock.now();
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  const key = comparableText(search);
  const [services, serviceCount, clients] = await Promise.all([
    read.service.findMany({
      where: { status: "active", ...(chosen === undefined ? {} : { slug: { in: [...chosen] } }) },
      select: { id: true, slug: true, name: true },
      orderBy: { slug: "asc" },
      take: MATRIX_SERVICES_MAX,
    }),
    read.service.count({ where: { status: "active" } }),
    read.client.findMany({
      where: {
        nameKey: { ...(key === "" ? {} : { contains: key }), ...(after === undefined ? {} : { gt: after }) },
        status: { not: "retired" },
      },
      orderBy: { nameKey: "asc" },
      take: size + 1,
    }),
  ]);
  const page = clients.slice(0, size);
  const ids = page.map(({ id }) => id);
  const serviceIds = services.map(({ id }) => id);
  const grants = await read.grant.findMany({
    where: {
      clientId: { in: ids },
      serviceId: { in: serviceIds },
      OR: [{ endsAt: null }, { endsAt: { gt: now } }],
    },
    orderBy: { id: "asc" },
  });
  const used = await lastUses(database, ids, serviceIds);
  const untold = await clientsWithUntoldUse(read, ids, now);
  const cells = Map.groupBy(grants, ({ clientId }) => clientId);
  return {
    services,
    moreServices: serviceCount - services.length,
    rows: page.map(({ id, name, ...facts }) => ({
      client: { id, name, state: clientState(facts, now, !untold.has(id)) },
      cells: Object.fromEntries(
        [...Map.groupBy(cells.get(id) ?? [], ({ serviceId }) => serviceId)].map(([serviceId, own]) => [
          serviceId,
          { ...cellOf(own, now), lastUsedAt: used.get(`${id} ${serviceId}`) ?? null },
        ]),
      ),
    })),
    next: page.length < clients.length ? (page.at(-1)?.nameKey ?? null) : null,
  };
}

interface GrantRow {
  id: string;
  paths: string;
  methods: string;
  startsAt: Date;
  endsAt: Date | null;
}

const WIDTHS: readonly MatrixCell["state"][] = ["future", "limited", "live"];

function cellOf(grants: readonly GrantRow[], now: Date): Omit<MatrixCell, "lastUsedAt"> {
  const [widest] = grants
    .map(({ id, endsAt, ...terms }) => ({ grantId: id, state: stateOf(terms, now), endsAt }))
    .sort((one, other) => WIDTHS.indexOf(other.state) - WIDTHS.indexOf(one.state));
  if (widest === undefined) throw new TypeError("A cell of the matrix has no grant.");
  return { ...widest, grants: grants.length };
}

function stateOf(
  { paths, methods, startsAt }: Omit<GrantRow, "id" | "endsAt">,
  now: Date,
): MatrixCell["state"] {
  if (startsAt > now) return "future";
  return paths === "[]" && methods === "[]" ? "live" : "limited";
}
