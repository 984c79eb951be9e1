import type { Database } from "#lib/database.ts";
import type { ColumnValue } from "#lib/driver.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";
import { candidateSubject } from "#lib/inventory/issuer-candidate.ts";
import { queryRows } from "#lib/sql-steps.ts";
import { OID } from "#lib/x509/oids.ts";
import { comparableName } from "./comparable-name.ts";
import { isAmong, listOf, timeText } from "./json-rows.ts";

/**
 * Ids of certificates by what a line says of them. Each is a bounded search along an index; what is found by a part of
 * a name only has to be compared.
 */

type Provider = Database["target"]["provider"];

/** A query of a column `id`. */
interface Query {
  sql: string;
  parameters: readonly ColumnValue[];
}

/** What is to be found, not yet asked for. */
export interface Search {
  values: readonly string[];
  /** SQLite gets a part of a statement for each value. */
  isOfEach?: boolean;
  /** The query for some of the values. */
  query(provider: Provider, values: readonly string[]): Query;
}

/** Values of one query. */
const PART = 400;

/** Certificates of one name, the newest first: that many tell that there are several. */
const NAMESAKES_MAX = 25;

/** Certificates of one end, of all issuers. */
const ALIKE_MAX = 200;

/** What is stored of a name to be searched by (foreign-names.ts). */
const NAME_MAX = 500;

/** What is found for all values of one query: of names each has a few, of serial numbers one may have all. */
const FOUND_MAX = PART * NAMESAKES_MAX;

/** Authorities without a common name: old public roots, a few hundred in all. */
const NAMELESS_MAX = 2_000;

/** @param column of fingerprints */
export function byFingerprint(column: "sha256" | "sha1", values: Iterable<string>): Search[] {
  return [among('SELECT "id" FROM "Certificate" WHERE', `"${column}"`, values)];
}

/** @param serials without leading zeros; they are stored in whole octets */
export function bySerial(serials: Iterable<string>): Search[] {
  const stored = [...serials].map((serial) => (serial.length % 2 === 0 ? serial : `0${serial}`));
  const values = distinct(stored);
  // Of others and of ours: one condition for both would go by no index.
  return [
    {
      values,
      query: (provider, some) =>
        provider === "sqlite"
          ? listed(provider, 'SELECT "id" FROM "Certificate" WHERE "issuerId" IS NULL AND', '"serial"', some)
          : lateral(OF_OTHERS, some),
    },
    {
      values,
      query: (provider, some) =>
        provider === "sqlite"
          ? listed(
              provider,
              'SELECT "id" FROM "Certificate" WHERE "issuerId" IN (SELECT "id" FROM "Authority") AND',
              ...(['"serial"', some] as const),
            )
          : lateral(OF_OURS, some),
    },
  ];
}

/** PostgreSQL would look through all of the index for a serial number, or through all that are not ours. */
const OF_OTHERS = `SELECT "id" FROM "Certificate" WHERE "issuerId" IS NULL AND "serial" = "given" LIMIT ${PART * 4}`;
const OF_OURS = `SELECT "own"."id" FROM "Authority" a CROSS JOIN LATERAL
  (SELECT "id" FROM "Certificate" WHERE "issuerId" = a."id" AND "serial" = "given" LIMIT 1) AS "own"`;

/** Authorities that end at these times first, since others may be many. @param ends in milliseconds since 1970 */
export function byEnd(ends: Iterable<number>): Search[] {
  const values = [...ends].map(String);
  return [
    forEach(
      (
        end,
      ) => `SELECT c."id" AS "id" FROM "Certificate" c JOIN "IssuerCandidate" i ON i."certificateId" = c."id"
        WHERE c."notAfter" = ${end} LIMIT ${ALIKE_MAX}`,
      ...["time" as const, values],
    ),
    forEach(
      (end) =>
        `SELECT "id" FROM "Certificate" WHERE "notAfter" = ${end} ORDER BY "id" DESC LIMIT ${ALIKE_MAX}`,
      ...["time" as const, values],
    ),
  ];
}

/** Certificates of any kind of these names, alternative or common ones. @param names in lower case */
export function byName(names: Iterable<string>): Search[] {
  const ofName = (
    name: string,
  ) => `SELECT "certificateId" AS "id" FROM "CertificateName" WHERE "value" = ${name}
    ORDER BY "certificateId" DESC LIMIT ${NAMESAKES_MAX}`;
  return [forEach(ofName, "text", names)];
}

/** Authorities of these names. @param names as `formatName` writes them, or as a line has them */
export function authoritiesNamed(names: readonly string[]): Search[] {
  return [
    among(
      'SELECT "certificateId" AS "id" FROM "IssuerCandidate" WHERE',
      ...(['"subject"', names.map(candidateSubject)] as const),
    ),
    among(
      `SELECT i."certificateId" AS "id" FROM "CertificateName" n
       JOIN "IssuerCandidate" i ON i."certificateId" = n."certificateId" WHERE`,
      ...(['n."value"', names.flatMap(commonNamesIn)] as const),
    ),
  ];
}

/** Authorities of those of these names that have no common name. */
export async function namelessAuthorities(database: Database, names: readonly string[]): Promise<string[]> {
  const nameless = new Set(names.filter((name) => commonNamesIn(name).length === 0).map(comparableName));
  if (nameless.size === 0) return [];
  const rows = await queryRows(
    database,
    `SELECT "certificateId", "subject" FROM "IssuerCandidate" WHERE "subject" NOT LIKE '%CN=%' LIMIT ${NAMELESS_MAX}`,
  );
  return rows
    .filter(({ subject }) => nameless.has(comparableName(String(subject))))
    .map(({ certificateId }) => String(certificateId));
}

/**
 * What all of them find, in the order of the searches. PostgreSQL, which is asked over a connection, is asked once for
 * each part of the values.
 */
export async function idsFound(database: Database, searches: readonly Search[]): Promise<Set<string>> {
  const { provider } = database.target;
  const asked = searches.map(({ values, query, isOfEach }) => {
    const size = provider === "sqlite" && isOfEach ? PART_EACH : PART;
    const queries: Query[] = [];
    for (let start = 0; start < values.length; start += size) {
      queries.push(query(provider, values.slice(start, start + size)));
    }
    return queries;
  });
  const ids = new Set<string>();
  for (const { sql, parameters } of provider === "sqlite" ? asked.flat() : together(asked)) {
    for (const { id } of await queryRows(database, sql, parameters)) ids.add(String(id));
  }
  return ids;
}

const PART_EACH = 50;

/** The first ones of all as one query, then the second ones. */
function* together(asked: readonly (readonly Query[])[]): Generator<Query> {
  for (let place = 0; ; place++) {
    const some = asked.flatMap((queries) => queries[place] ?? []);
    if (some.length === 0) return;
    yield {
      sql: some.map(({ sql }) => `(${sql})`).join(" UNION ALL "),
      parameters: some.flatMap(({ parameters }) => parameters),
    };
  }
}

/** One parameter, so that the statement is the same for any number of values. */
function among(select: string, column: string, values: Iterable<string>): Search {
  return {
    values: distinct(values),
    query: (provider, some) => listed(provider, select, column, some),
  };
}

/**
 * A search of which each value has its own bound.
 *
 * @param select what finds one of them
 */
function forEach(select: (value: string) => string, type: "text" | "time", values: Iterable<string>): Search {
  return {
    values: distinct(values),
    isOfEach: true,
    query: (provider, some) => {
      const parameters = some.map((value) => (type === "time" ? timeText(provider, Number(value)) : value));
      if (provider === "sqlite") {
        return { sql: some.map(() => `SELECT * FROM (${select("?")})`).join(" UNION ALL "), parameters };
      }
      return lateral(select(type === "time" ? 'CAST("given" AS timestamp(3))' : '"given"'), parameters);
    },
  };
}

function listed(provider: Provider, select: string, column: string, values: readonly string[]): Query {
  return { sql: `${select} ${isAmong(provider, column)} LIMIT ${PART * 4}`, parameters: [listOf(values)] };
}

/** What a query of PostgreSQL finds for each value, which it calls "given". */
function lateral(select: string, values: readonly ColumnValue[]): Query {
  return {
    sql: `SELECT "found"."id" FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS "given"
      CROSS JOIN LATERAL (${select}) AS "found" LIMIT ${FOUND_MAX}`,
    parameters: [JSON.stringify(values)],
  };
}

/** A NUL is in no name, and PostgreSQL takes none. */
function distinct(values: Iterable<string>): string[] {
  return [...new Set(values)].filter((value) => !value.includes("\0")).map((value) => value.toWellFormed());
}

/** A name as it is stored to be searched by. */
export function searchedName(name: string): string {
  return shownText(name.toLowerCase(), NAME_MAX);
}

/** The names in certificates that stand for that of a server, in lower case (RFC 9525 §6.3). */
export function serverNamesFor(name: string): string[] {
  const dot = name.indexOf(".");
  return dot > 0 ? [name, `*${name.slice(dot)}`] : [name];
}

const COMMON_NAME = `${OID.commonName}=`;

/** The common names in a name, in lower case, as they are searched by. */
export function commonNamesIn(name: string): string[] {
  const attributes = comparableName(name)?.split("\n") ?? [];
  return attributes
    .filter((attribute) => attribute.startsWith(COMMON_NAME))
    .map((attribute) => searchedName(attribute.slice(COMMON_NAME.length)));
}
