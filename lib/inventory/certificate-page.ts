import type { Database } from "#lib/database.ts";
import type { CertificateOrder, Position } from "#lib/inventory/certificate-order.ts";
import type { CertificateSearch, TextRange } from "#lib/inventory/certificate-search.ts";
import { type CohortSelection, membership } from "#lib/inventory/cohort-selection.ts";
import { ALWAYS, allOf, anyOf, type Condition, condition } from "#lib/inventory/sql-condition.ts";
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
}

/** The places of a page. */
export async function findPage(database: Database, request: PageRequest): Promise<PageFound> {
  const { selection, search, order, position, limit } = request;
  const descending = order.descending !== request.backwards;
  const conditions = allOf([
    membership(database, selection),
    behind(database, order, position, descending),
    search === null ? ALWAYS : isHit(search),
  ]);
  const direction = descending ? "DESC" : "ASC";
  const rows = await queryRows(
    database,
    `SELECT "id", "${order.column}" AS "key" FROM "Certificate" WHERE ${conditions.sql}
     ORDER BY "${order.column}" ${direction}, "id" ${direction} LIMIT ${limit + 1}`,
    conditions.parameters,
  );
  const places = rows.slice(0, limit).map(({ id, key }) => ({
    id: String(id),
    key: order.column === "sortName" ? String(key) : timeOf(key),
  }));
  return { places, resume: rows.length > limit ? (places.at(-1) ?? null) : null };
}

function behind(
  database: Database,
  { column }: CertificateOrder,
  position: Position | null,
  descending: boolean,
): Condition {
  if (position === null) return ALWAYS;
  const { key, id } = position;
  const sense = descending ? "<" : ">";
  return key instanceof Date
    ? condition(`("${column}", "id") ${sense} (${timeParameter(database)}, ?)`, timeValue(database, key), id)
    : condition(`("${column}", "id") ${sense} (?, ?)`, key, id);
}

/** The certificates that a search finds. */
function isHit(search: CertificateSearch): Condition {
  const ranges = (table: string, id: string, column: string, list: readonly TextRange[]) =>
    list.map(({ from, before }) =>
      condition(`SELECT "${id}" FROM "${table}" WHERE "${column}" >= ? AND "${column}" < ?`, from, before),
    );
  const queries = [
    ...ranges("CertificateName", "certificateId", "value", search.names),
    ...ranges("CertificateName", "certificateId", "reversed", search.reversedNames),
    ...ranges("Certificate", "id", "serial", search.serials),
    ...ranges("Certificate", "id", "sha256", search.sha256),
    ...ranges("Certificate", "id", "sha1", search.sha1),
  ];
  return anyOf(queries.map(({ sql, parameters }) => condition(`"id" IN (${sql})`, ...parameters)));
}
