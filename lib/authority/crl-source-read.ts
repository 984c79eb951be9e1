import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Prisma } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";

/**
 * How a foreign CRL stands, the worst first. `failing`: it could not be fetched, and the one that is there still
 * holds. `late`: less than a quarter of its life is left, or a week of a long one, and no newer one came.
 */
export const CRL_SOURCE_STATES = ["expired", "missing", "late", "failing", "ok"] as const;

export type CrlSourceState = (typeof CRL_SOURCE_STATES)[number];

/** What is known of a foreign CRL. */
export interface CrlSourceHealth {
  id: string;
  name: string;
  issuerName: string;
  /** Where it is fetched from; empty when it is uploaded. */
  url: string;
  state: CrlSourceState;
  /** Null when the list has none, or one of more than 63 bits. */
  number: bigint | null;
  entries: number;
  /** Bytes. */
  size: number;
  /** Null before the first. */
  thisUpdate: Date | null;
  nextUpdate: Date | null;
  fetchedAt: Date | null;
  fetchAt: Date | null;
  failingSince: Date | null;
  failure: string;
}

/** A foreign issuer whose CRL is uploaded, or followed. */
export interface CrlSource extends CrlSourceHealth {
  /** By whose key its CRLs are checked. */
  certificateId: string;
  /** SHA-256 of the current list, lower-case hex; empty before the first. */
  sha256: string;
  /** Certificates of the inventory that are revoked or held because of it. */
  revocations: number;
  version: number;
  createdAt: Date;
}

const LATE_SHARE = 1 / 4;

/** Roots that are kept offline sign a list for a year, and the next one in its last weeks. */
const LATE_MS = 7 * 86_400_000;

/** Every foreign CRL that is kept, the worst first, then by name. */
export async function crlSources(installation: Installation, actor: Actor): Promise<CrlSource[]> {
  authorize(actor, "authority:read");
  return sourcesWhere(installation, {});
}

/** One of them. @throws DomainError `notFound` */
export async function crlSource(installation: Installation, actor: Actor, id: string): Promise<CrlSource> {
  authorize(actor, "authority:read");
  const [source] = isReference(id) ? await sourcesWhere(installation, { id }) : [];
  if (source === undefined) throw noSuchSource();
  return source;
}

async function sourcesWhere({ database, clock }: Installation, where: { id?: string }): Promise<CrlSource[]> {
  const rows = await database.read.crlSource.findMany({
    where,
    include: { crl: true, _count: { select: { revocations: true } } },
  });
  const now = clock.now();
  return rows
    .map((row) => ({
      ...healthOf(row, now),
      certificateId: row.certificateId,
      sha256: row.crl?.sha256 ?? "",
      revocations: row._count.revocations,
      version: row.version,
      createdAt: row.createdAt,
    }))
    .sort(worstFirst);
}

/** The health of every foreign CRL, the worst first. For `/readyz`, metrics and Home; counts nothing. */
export async function crlSourceHealth({ database, clock }: Installation): Promise<CrlSourceHealth[]> {
  const rows = await database.read.crlSource.findMany({ include: { crl: true } });
  const now = clock.now();
  return rows.map((row) => healthOf(row, now)).sort(worstFirst);
}

type SourceRow = Prisma.CrlSourceGetPayload<{ include: { crl: true } }>;

function healthOf(row: SourceRow, now: Date): CrlSourceHealth {
  const { crl } = row;
  return {
    id: row.id,
    name: row.name,
    issuerName: row.issuerName,
    url: row.url,
    state: stateOf(row, now),
    number: crl?.number ?? null,
    entries: crl?.entries ?? 0,
    size: crl?.size ?? 0,
    thisUpdate: crl?.thisUpdate ?? null,
    nextUpdate: crl?.nextUpdate ?? null,
    fetchedAt: row.fetchedAt,
    fetchAt: row.fetchAt,
    failingSince: row.failingSince,
    failure: row.failure,
  };
}

function stateOf({ crl, failingSince }: SourceRow, now: Date): CrlSourceState {
  if (crl === null) return "missing";
  if (crl.nextUpdate !== null) {
    if (crl.nextUpdate <= now) return "expired";
    const life = crl.nextUpdate.getTime() - crl.thisUpdate.getTime();
    const left = crl.nextUpdate.getTime() - now.getTime();
    if (left < Math.min(life * LATE_SHARE, LATE_MS)) return "late";
  }
  return failingSince === null ? "ok" : "failing";
}

function worstFirst(left: CrlSourceHealth, right: CrlSourceHealth): number {
  const rank = ({ state }: CrlSourceHealth) => CRL_SOURCE_STATES.indexOf(state);
  return rank(left) - rank(right) || (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
}

/** What is wrong with a foreign CRL, in words that name it; null when nothing is. */
export function crlSourceProblem({
  name,
  state,
  nextUpdate,
  failingSince,
  failure,
}: CrlSourceHealth): string | null {
  const because =
    failingSince === null ? "" : `; fetching fails since ${failingSince.toISOString()}: ${failure}`;
  switch (state) {
    case "missing":
      return `the foreign CRL ${name} is not here yet${because}`;
    case "expired":
      return `the foreign CRL ${name} expired at ${nextUpdate?.toISOString()}${because}`;
    case "late":
      return `the foreign CRL ${name} ends at ${nextUpdate?.toISOString()}, and no newer one came${because}`;
    case "failing":
      return `the foreign CRL ${name} holds until ${nextUpdate?.toISOString() ?? "nobody knows when"}${because}`;
    case "ok":
      return null;
  }
}

/** Marks a source whose deletion has begun, in the place of a failure. Nothing takes it off again. */
export const BEING_DELETED = "It is being deleted.";

export function isBeingDeleted({ failure }: { failure: string }): boolean {
  return failure === BEING_DELETED;
}

export function deletionGoesOn(): DomainError {
  return new DomainError("conflict", "The CRL of this issuer is being deleted; try again in a moment.");
}

export function noSuchSource(): DomainError {
  return new DomainError("notFound", "There is no such CRL of another authority.");
}
