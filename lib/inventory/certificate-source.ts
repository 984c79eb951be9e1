import type { Database } from "#lib/database.ts";
import type { CertificateSearch, TextRange } from "#lib/inventory/certificate-search.ts";
import { type CohortSelection, isAmong, isMember } from "#lib/inventory/cohort-selection.ts";
import { allOf, anyOf, type Condition, condition } from "#lib/inventory/sql-condition.ts";
import { expiresBetween, hasTimes, isTimeless, type TimeDemand } from "#lib/inventory/status-times.ts";

/** A query whose rows are the ids of certificates among which those of a page are; by one index, without their rows. */
export interface Source {
  sql: string;
  parameters: Condition["parameters"];
  /** It has given all that passes the filter; else the filter is still to be asked of what it gave. */
  isFiltered: boolean;
}

/** The certificates of the cohorts that pass the filter, by the index of cohorts. Every group has its ids. */
export function fromCohorts(database: Database, { groups }: CohortSelection, max: number): Source {
  return union(
    groups.map(({ ids, times }) =>
      allOf([
        isAmong(database, ids ?? []),
        expiresBetween(database, times, '"notAfter"'),
        hasTimes(database, times),
      ]),
    ),
    (where) =>
      `SELECT "id" FROM "Certificate"${hint(database, "Certificate_cohortId_notAfter_id_notBefore_idx")} WHERE ${where} LIMIT ${max}`,
    true,
  );
}

/** Those that pass the filter, by the index of expiry as far as the filter bounds it. */
export function fromExpiries(database: Database, selection: CohortSelection, max: number): Source {
  return union(
    [
      allOf([
        expiresBetween(database, expiryBounds(selection), '"notAfter"'),
        isSelected(database, selection),
      ]),
    ],
    (where) =>
      `SELECT "id" FROM "Certificate"${hint(database, "Certificate_notAfter_id_cohortId_notBefore_idx")} WHERE ${where} LIMIT ${max}`,
    true,
  );
}

/** Those that a search finds, by the indexes of names, serial numbers and fingerprints. */
export function fromSearch(database: Database, search: CertificateSearch, max: number): Source {
  const isSqlite = database.target.provider === "sqlite";
  const ranges = (table: string, id: string, column: string, list: readonly TextRange[]) =>
    list.map(({ from, before }) =>
      condition(
        `SELECT "${id}" AS "id" FROM "${table}" WHERE "${column}" >= ? AND "${column}" < ? LIMIT ${max}`,
        from,
        before,
      ),
    );
  // Serial numbers are indexed under their issuer: each of ours, and nobody for those of others.
  const serials = search.serials.flatMap(({ from, before }) => [
    condition(
      `SELECT "id" FROM "Certificate" WHERE "issuerId" IS NULL AND "serial" >= ? AND "serial" < ? LIMIT ${max}`,
      from,
      before,
    ),
    condition(
      `SELECT c."id" FROM "Authority" a ${isSqlite ? "CROSS " : ""}JOIN "Certificate" c ON c."issuerId" = a."id"
       AND c."serial" >= ? AND c."serial" < ? LIMIT ${max}`,
      from,
      before,
    ),
  ]);
  const queries = [
    ...ranges("CertificateName", "certificateId", "value", search.names),
    ...ranges("CertificateName", "certificateId", "reversed", search.reversedNames),
    ...ranges("Certificate", "id", "sha256", search.sha256),
    ...ranges("Certificate", "id", "sha1", search.sha1),
    ...serials,
  ];
  return union(queries, (query) => query, false);
}

/** That a certificate passes the filter, asked of entries of an index along which they come in the right order. */
export function isSelected(database: Database, { groups }: CohortSelection): Condition {
  return anyOf(groups.map(({ ids, times }) => allOf([hasTimes(database, times), isMember(database, ids)])));
}

/** That a search finds a certificate. @param id its id in SQL */
export function isFound(search: CertificateSearch, id: string): Condition {
  // The empty text keeps both databases from going by the index of the column, which is right for all
  // certificates at once and wrong for one.
  const within = (column: string, ranges: readonly TextRange[]) =>
    ranges.map(({ from, before }) =>
      condition(`("${column}" || '') >= ? AND ("${column}" || '') < ?`, from, before),
    );
  const one = (table: string, column: string, alternatives: Condition[]) => {
    if (alternatives.length === 0) return [];
    const { sql, parameters } = anyOf(alternatives);
    return [
      condition(
        `(SELECT 1 FROM "${table}" WHERE "${column}" = ${id} AND (${sql}) LIMIT 1) = 1`,
        ...parameters,
      ),
    ];
  };
  return anyOf([
    ...one("CertificateName", "certificateId", [
      ...within("value", search.names),
      ...within("reversed", search.reversedNames),
    ]),
    ...one("Certificate", "id", [
      ...within("serial", search.serials),
      ...within("sha256", search.sha256),
      ...within("sha1", search.sha1),
    ]),
  ]);
}

/** The bounds of expiry that everything selected keeps. */
export function expiryBounds({ groups }: CohortSelection): Pick<TimeDemand, "from" | "to"> {
  const all = (times: (Date | null)[]) => times.flatMap((time) => (time === null ? [] : [time.getTime()]));
  const from = all(groups.map(({ times }) => times.from));
  const to = all(groups.map(({ times }) => times.to));
  return {
    from: from.length < groups.length ? null : new Date(Math.min(...from)),
    to: to.length < groups.length ? null : new Date(Math.max(...to)),
  };
}

/** Whether nothing is demanded of the times of what is selected. */
export function isTimelessSelection({ groups }: CohortSelection): boolean {
  return groups.every(({ times }) => isTimeless(times));
}

/** PostgreSQL knows no hints, but also has no other index for what is asked here. */
function hint(database: Database, index: string): string {
  return database.target.provider === "sqlite" ? ` INDEXED BY "${index}"` : "";
}

function union(parts: readonly Condition[], query: (sql: string) => string, isFiltered: boolean): Source {
  return {
    sql: parts.map(({ sql }) => `SELECT "id" FROM (${query(sql)}) AS "part"`).join(" UNION ALL "),
    parameters: parts.flatMap(({ parameters }) => parameters),
    isFiltered,
  };
}
