import { type ClientFilter, clientsThat, liveAt } from "#lib/access/client-filter.ts";
import { type ClientState, clientState } from "#lib/access/client-state.ts";
import { lastUses } from "#lib/access/last-uses.ts";
import { type ProofStanding, proofStandings, type Standing } from "#lib/access/proof-standing.ts";
import { clientsWithUntoldUse } from "#lib/access/untold-use.ts";
import { hoursOfClients, noUse, type UseHour } from "#lib/access/use-hours.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";

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
  /** The same one by one, those that count now first; 20 at most. */
  proofs: ListedProof[];
  lastUsedAt: Date | null;
  lastService: string | null;
  lastProxy: string | null;
  refused: number;
  /** Requests let in and refused in each of the last 36 hours, the oldest first. */
  hours: UseHour[];
}

/** What proves a client, as a list shows it. */
export interface ListedProof {
  id: string;
  kind: "certificate" | "key" | "name";
  /** Name of the certificate, the name that counts, or the beginning of the fingerprint. */
  label: string;
  /** Whether it does not count yet. */
  isNext: boolean;
  /** When it stops counting; null for no end. */
  endsAt: Date | null;
  /** When the newest certificate behind it expires; null when none is known. */
  notAfter: Date | null;
  /** Whether anybody can still come in by it. */
  standing: Standing;
}

export interface ClientListing extends ClientFilter {
  after?: string | undefined;
  /** 50 when absent, 200 at most. */
  limit?: number | undefined;
}

const LIMIT_MAX = 200;
const PROOFS_MAX = 20;

/** Credentials of one client whose certificates are looked at, the newest ones. */
const LOOKED_AT = 200;

/**
 * Clients by name.
 *
 * @returns a page, and the cursor of the next; null when there is none
 * @throws DomainError `forbidden`, `malformed` for a cursor that is none
 */
export async function listClients(
  { database, clock }: Installation,
  actor: Actor,
  { after, limit = 50, ...filter }: ClientListing = {},
): Promise<{ clients: ListedClient[]; next: string | null }> {
  authorize(actor, "client:read");
  const now = clock.now();
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  if (after !== undefined && after.length > 300)
    throw malformed("after", "cursor", "after is not a cursor of this list.");
  const rows = await database.read.client.findMany({
    where: {
      ...(await clientsThat(database.read, filter, now)),
      ...(after === undefined ? {} : { nameKey: { gt: after } }),
    },
    orderBy: { nameKey: "asc" },
    take: size + 1,
    include: {
      grants: { where: liveAt(now), select: { service: { select: { name: true } } }, take: 100 },
      credentials: {
        where: { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
        select: PROOF,
        orderBy: { startsAt: "asc" },
        take: PROOFS_MAX,
      },
    },
  });
  const page = rows.slice(0, size);
  const untold = await clientsWithUntoldUse(
    database.read,
    page.map(({ id }) => id),
    now,
  );
  const [hours, names, standings] = await Promise.all([
    hoursOfClients(
      database,
      page.map(({ id }) => id),
      now,
    ),
    namesOf(database, page),
    proofStandings(
      database,
      page.flatMap(({ credentials }) => credentials),
      now,
    ),
  ]);
  return {
    clients: page.map((row) => ({
      ...{ id: row.id, name: row.name, environment: row.environment, owner: row.owner },
      tags: JSON.parse(row.tags) as string[],
      state: clientState(row, now, !untold.has(row.id)),
      ...{ expiresAt: row.expiresAt, lastUsedAt: row.lastUsedAt, refused: row.refused },
      services: [...new Set(row.grants.map((grant) => grant.service.name))].sort(),
      credentials: {
        active: row.credentials.filter(({ startsAt }) => startsAt <= now).length,
        next: row.credentials.filter(({ startsAt }) => startsAt > now).length,
      },
      proofs: row.credentials.map((credential) => listedProof(credential, standings.get(credential.id), now)),
      lastService: names.get(row.lastServiceId ?? "") ?? null,
      lastProxy: names.get(row.lastProxyId ?? "") ?? null,
      hours: hours.get(row.id) ?? noUse(),
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
  if (!isReference(id)) throw new DomainError("notFound", "There is no such client.");
  const row = await database.read.client.findUnique({
    where: { id },
    include: {
      grants: { include: { service: { select: { slug: true, name: true } } }, orderBy: { id: "asc" } },
      credentials: {
        include: {
          authority: { select: { name: true } },
          certificate: {
            select: {
              ...{ id: true, displayName: true, serial: true, notAfter: true },
              revocation: { select: { reason: true } },
            },
          },
        },
        orderBy: { id: "asc" },
      },
    },
  });
  if (row === null) throw new DomainError("notFound", "There is no such client.");
  const { tags, grants, credentials, ...facts } = row;
  const lasting = credentials.filter(({ endsAt }) => endsAt === null || endsAt > now);
  const proofs = await proofStandings(database, lasting.slice(-LOOKED_AT), now);
  const [lastService, lastProxy] = await Promise.all([
    database.read.service.findUnique({ where: { id: row.lastServiceId ?? "" }, select: NAMED }),
    database.read.proxy.findUnique({ where: { id: row.lastProxyId ?? "" }, select: NAMED }),
  ]);
  const isUseTold = !(await clientsWithUntoldUse(database.read, [id], now)).has(id);
  const uses = await lastUses(database, [id], [...new Set(grants.map(({ serviceId }) => serviceId))]);
  return {
    ...facts,
    ...{ lastService, lastProxy },
    state: clientState(row, now, isUseTold),
    /** False when a proxy before one of its services decides by a file and reports no use. */
    isUseTold,
    tags: JSON.parse(tags) as string[],
    credentials: credentials.map((credential) => ({
      ...credential,
      /** How its certificates are doing; null for one that has ended. */
      proof: proofs.get(credential.id) ?? null,
    })),
    grants: grants.map(({ paths, methods, ...grant }) => ({
      ...grant,
      paths: JSON.parse(paths) as string[],
      methods: JSON.parse(methods) as string[],
      /** When the client was last let in at the service. */
      lastUsedAt: uses.get(`${id} ${grant.serviceId}`) ?? null,
    })),
    hours: (await hoursOfClients(database, [id], now)).get(id) ?? noUse(),
  };
}

const NAMED = { id: true, slug: true, name: true } as const;

const PROOF = {
  ...{ id: true, kind: true, sha256: true, nameType: true, nameValue: true, authorityId: true },
  ...{ startsAt: true, endsAt: true, lastUsedAt: true },
  certificate: { select: { displayName: true } },
} as const;

interface ProofRow {
  id: string;
  kind: string;
  sha256: string;
  nameValue: string;
  startsAt: Date;
  endsAt: Date | null;
  certificate: { displayName: string } | null;
}

/** Digits of a fingerprint that tell two apart at a glance. */
const SHORT_FINGERPRINT = 12;

function listedProof(
  { id, kind, sha256, nameValue, startsAt, endsAt, certificate }: ProofRow,
  proof: ProofStanding | undefined,
  now: Date,
): ListedProof {
  const label =
    kind === "name" ? nameValue : (certificate?.displayName ?? `${sha256.slice(0, SHORT_FINGERPRINT)}…`);
  return {
    ...{ id, kind: kind as ListedProof["kind"], label, isNext: startsAt > now, endsAt },
    notAfter: proof?.certificate?.notAfter ?? null,
    standing: proof?.standing ?? "unknown",
  };
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
