import type { Database } from "#lib/database.ts";
import type { ColumnValue } from "#lib/driver.ts";
import type { CertificateOrder, Position } from "#lib/inventory/certificate-order.ts";
import type { CertificateSearch } from "#lib/inventory/certificate-search.ts";
import {
  expiryBounds,
  fromCohorts,
  fromExpiries,
  fromSearch,
  isFound,
  isSelected,
  isTimelessSelection,
  type Source,
} from "#lib/inventory/certificate-source.ts";
import type { CohortSelection } from "#lib/inventory/cohort-selection.ts";
import { ALWAYS, allOf, type Condition, condition } from "#lib/inventory/sql-condition.ts";
import { expiresBetween } from "#lib/inventory/status-times.ts";
import { queryRows, timeOf, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** Which certificates, in which order, from where on. */
export interface PageRequest {
  selection: CohortSelection;
  search: CertificateSearch | null;
  order: CertificateOrder;
  /** Goes on behind this place; null begins at the end that the direction begins with. */
  position: Position | null;
  /** Walks against the order, from its end. */
  backwards: boolean;
  limit: number;
}

/** Places in the direction walked. */
export interface PageFound {
  places: Position[];
  /** Where to go on; null when nothing is left. */
  resume: Position | null;
  /** Stopped, with fewer places than asked for, after looking at so many certificates; null when it did not stop. */
  lookedThrough: number | null;
}

/** How much a request does before it tries something else. Tests set it low, to see all ways with few certificates. */
export interface Effort {
  /** Members of the selected cohorts that are fetched to be put in order: more are sooner met along the order. */
  members: number;
  /** Certificates that a search finds and that are fetched to be put in order. */
  gathered: number;
  /** The same where it is only hoped that there are so few. */
  hoped: number;
  /** Entries of the index of cohorts that are read in that hope. */
  cohortEntries: number;
  /** What a search finds is taken as a whole up to so many; more are asked for one by one. */
  whole: number;
  /** Certificates that are looked at for a search that finds many, taken as a whole or asked for one by one. */
  lookedAtWhole: Look;
  lookedAt: Look;
}

/** How many certificates are looked at in the first step, and in all. */
interface Look {
  first: number;
  all: number;
}

const USUAL_EFFORT: Effort = {
  members: 1_500,
  gathered: 5_000,
  hoped: 2_000,
  cohortEntries: 100_000,
  whole: 20_000,
  lookedAtWhole: { first: 10_000, all: 50_000 },
  lookedAt: { first: 250, all: 4_000 },
};

/** A count is there beside a page, and less exact: it gives up sooner. */
export const COUNTING_EFFORT: Effort = {
  ...USUAL_EFFORT,
  lookedAtWhole: { first: 20_000, all: 20_000 },
  lookedAt: { first: 2_000, all: 2_000 },
};

/**
 * The places of a page. Few certificates are gathered by whatever index leads to them and put in order; many are
 * met along the index of the order, which has all that a filter asks for. Which of the two it will be is known
 * from the counts of cohorts, so that no request is worse than one pass over one index.
 */
export async function findPage(
  database: Database,
  request: PageRequest,
  effort: Effort = USUAL_EFFORT,
): Promise<PageFound> {
  const { selection, search } = request;
  if (selection.count === 0) return { places: [], resume: null, lookedThrough: null };
  for (const [source, max] of sources(database, request, effort)) {
    const gathered = await gather(database, request, source(max + 1), max);
    if (gathered !== null) return gathered;
  }
  return search === null ? walk(database, request) : walkSearching(database, request, search, effort);
}

/** What to gather from before the order is walked along, the most promising first. */
function* sources(
  database: Database,
  { selection, search, order }: PageRequest,
  effort: Effort,
): Generator<[(max: number) => Source, max: number]> {
  const cohorts = (max: number) => fromCohorts(database, selection, max);
  const hasIds = selection.groups.every(({ ids }) => ids !== null);
  if (hasIds && selection.count <= effort.members) {
    yield [cohorts, effort.members];
    return;
  }
  if (search !== null) yield [(max) => fromSearch(database, search, max), effort.gathered];
  if (isTimelessSelection(selection) || order.column === "notAfter") return;
  if (hasIds && selection.count <= effort.cohortEntries) yield [cohorts, effort.hoped];
  else yield [(max) => fromExpiries(database, selection, max), effort.hoped];
}

/** @returns null when there are more than `max` */
async function gather(
  database: Database,
  request: PageRequest,
  source: Source,
  max: number,
): Promise<PageFound | null> {
  const { selection, search, order, limit } = request;
  const conditions = allOf([
    source.isFiltered ? ALWAYS : isSelected(database, selection),
    source.isFiltered && search !== null ? isFound(search, 'c."id"') : ALWAYS,
    behind(database, request),
  ]);
  const rows = await queryRows(
    database,
    `WITH "gathered" AS MATERIALIZED (${source.sql}), "size" AS (SELECT count(*) AS "size" FROM "gathered")
     SELECT "size"."size", "page"."id", "page"."key" FROM "size" LEFT JOIN (
       SELECT c."id", c."${order.column}" AS "key"
       FROM (SELECT DISTINCT "id" AS "gatheredId" FROM "gathered" WHERE (SELECT "size" FROM "size") <= ${max}) AS "distinct"
       JOIN "Certificate" c ON c."id" = "gatheredId"
       WHERE ${conditions.sql} ORDER BY ${directed(request, `c."${order.column}"`, 'c."id"')} LIMIT ${limit + 1}
     ) AS "page" ON 1 = 1 ORDER BY ${directed(request, '"page"."key"', '"page"."id"')}`,
    [...source.parameters, ...conditions.parameters],
  );
  if (Number(rows[0]?.size) > max) return null;
  return cut(
    rows.filter(({ id }) => id !== null).map((row) => placeOf(order, row)),
    limit,
  );
}

/** Along the index of the order, asking each entry whether it passes the filter. */
async function walk(database: Database, request: PageRequest): Promise<PageFound> {
  const next = entries(database, request, request.limit + 1);
  const rows = await queryRows(database, next.sql, next.parameters);
  return cut(
    rows.map((row) => placeOf(request.order, row)),
    request.limit,
  );
}

/**
 * The same for a search that finds so many that they are met soon. Looks at more and more, and at last gives up
 * for this page: the next request goes on where it stopped.
 */
async function walkSearching(
  database: Database,
  request: PageRequest,
  search: CertificateSearch,
  effort: Effort,
): Promise<PageFound> {
  const whole = fromSearch(database, search, effort.whole + 1);
  const [row] = await queryRows(
    database,
    `SELECT count(*) AS "size" FROM (${whole.sql}) AS "whole"`,
    whole.parameters,
  );
  const size = Number(row?.size);
  // Where nearly every certificate is one, a page is full before the whole of them would have been taken.
  const isRare = request.limit * request.selection.count > (size * effort.lookedAt.all) / 4;
  const isWhole = size <= effort.whole && isRare;
  const asked = isWhole
    ? condition(`"id" IN (SELECT "id" FROM (${whole.sql}) AS "whole")`, ...whole.parameters)
    : isFound(search, '"seen"."id"');
  const { first, all } = isWhole ? effort.lookedAtWhole : effort.lookedAt;
  const found: Position[] = [];
  let { position } = request;
  let looked = 0;
  for (let step = first; step > 0; step = Math.min(step * 4, all - looked)) {
    const { hits, last } = await look(database, { ...request, position }, asked, step);
    found.push(...hits);
    if (last === null || found.length > request.limit) return cut(found, request.limit);
    looked += step;
    position = last;
  }
  return { places: found, resume: position, lookedThrough: looked };
}

/** Asks the next certificates that pass the filter whether the search finds them. */
async function look(
  database: Database,
  request: PageRequest,
  found: Condition,
  size: number,
): Promise<{ hits: Position[]; last: Position | null }> {
  const next = entries(database, request, size);
  const rows = await queryRows(
    database,
    `WITH "seen" AS MATERIALIZED (${next.sql})
     SELECT "id", "key", "isHit" FROM (
       SELECT "id", "key", 1 AS "isHit" FROM "seen" WHERE ${found.sql}
       UNION ALL SELECT "id", "key", 0 AS "isHit" FROM (
         SELECT "id", "key" FROM "seen" ORDER BY ${directed(request, '"key"', '"id"')} LIMIT 1 OFFSET ${size - 1}
       ) AS "last"
     ) AS "both" ORDER BY ${directed(request, '"key"', '"id"')}`,
    [...next.parameters, ...found.parameters],
  );
  const places = (isHit: number) =>
    rows.filter((row) => Number(row.isHit) === isHit).map((row) => placeOf(request.order, row));
  return { hits: places(1), last: places(0)[0] ?? null };
}

/** The next entries of the index of the order that pass the filter, as a query. */
function entries(database: Database, request: PageRequest, limit: number): Condition {
  const { selection, order } = request;
  const isSqlite = database.target.provider === "sqlite";
  const { sql, parameters } = allOf([
    behind(database, request),
    order.column === "notAfter" ? expiresBetween(database, expiryBounds(selection), 'c."notAfter"') : ALWAYS,
    isSelected(database, selection),
  ]);
  return condition(
    `SELECT c."id", c."${order.column}" AS "key" FROM "Certificate" AS c${isSqlite ? ` INDEXED BY "${order.index}"` : ""}
     WHERE ${sql} ORDER BY ${directed(request, `c."${order.column}"`, 'c."id"')} LIMIT ${limit}`,
    ...parameters,
  );
}

/** Behind the place where the page before ended, in the direction walked. */
function behind(database: Database, { order, position, backwards }: PageRequest): Condition {
  if (position === null) return ALWAYS;
  const { key, id } = position;
  const sense = order.descending !== backwards ? "<" : ">";
  const place = `(c."${order.column}", c."id") ${sense}`;
  return key instanceof Date
    ? condition(`${place} (${timeParameter(database)}, ?)`, timeValue(database, key), id)
    : condition(`${place} (?, ?)`, key, id);
}

function directed({ order, backwards }: PageRequest, key: string, id: string): string {
  const direction = order.descending !== backwards ? "DESC" : "ASC";
  return `${key} ${direction}, ${id} ${direction}`;
}

function placeOf({ column }: CertificateOrder, { id, key }: Record<string, ColumnValue>): Position {
  return { id: String(id), key: column === "sortName" ? String(key) : timeOf(key) };
}

/** @param places one more than the limit when there are more */
function cut(places: Position[], limit: number): PageFound {
  const page = places.slice(0, limit);
  return { places: page, resume: places.length > limit ? (page.at(-1) ?? null) : null, lookedThrough: null };
}
