import type { ColumnValue } from "#lib/driver.ts";
import type { SqlSteps } from "#lib/sql-steps.ts";

/** Rows in and out by one JSON parameter, on both databases: many times as fast as a parameter for each value. */

export type Provider = "sqlite" | "postgresql";

/** What a column holds; times are given in milliseconds since 1970. */
export type ColumnType = "text" | "integer" | "float" | "time";

export interface JsonTable {
  name: string;
  columns: Readonly<Record<string, ColumnType>>;
}

export type JsonRow = Readonly<Record<string, string | number | null>>;

/** Rows of one table. */
export interface JsonInsert {
  table: JsonTable;
  rows: readonly JsonRow[];
  /** In place of rows: each a JSON array of `encodedValues`, for what is to be made before a lock is held. */
  texts?: readonly string[];
  /** What stands behind ON CONFLICT; absent when there can be none. */
  conflict?: string;
  /**
   * How many rows it has to insert or change, where there are any to insert: else nothing of what is done with it may
   * stay.
   */
  must?: number;
}

/** A statement that is run together with inserts. */
export interface OtherStatement {
  sql: string;
  parameters: readonly string[];
  /** As of an insert. */
  must?: number;
}

/**
 * Inserts rows of several tables, and what else is to be done in the same step, no two to the same row. PostgreSQL gets
 * all of it as one statement, since it is asked over a connection; what refers to rows of another table is checked at
 * its end.
 *
 * @returns false when one of them did not change as many rows as it must: then nothing of the transaction may stay
 */
export async function runTogether(
  steps: SqlSteps,
  provider: Provider,
  all: readonly (JsonInsert | OtherStatement)[],
): Promise<boolean> {
  const statements = all.flatMap((each) => ("table" in each ? statementOf(provider, each) : each));
  if (statements.length === 0) return true;
  if (provider === "sqlite") {
    for (const { sql, parameters, must } of statements) {
      const changed = await steps.run(sql, parameters);
      if (must !== undefined && changed !== must) return false;
    }
    return true;
  }
  const parts = statements.map(({ sql, must }, place) => {
    return `"step${place}" AS (${sql}${must === undefined ? "" : " RETURNING 1"})`;
  });
  const bound = statements.flatMap(({ must }, place) => (must === undefined ? [] : { must, place }));
  const counts = bound.map(({ place }) => `(SELECT count(*) FROM "step${place}") AS "n${place}"`);
  const [row] = await steps.all(
    `WITH ${parts.join(", ")} SELECT ${["1", ...counts].join(", ")}`,
    statements.flatMap(({ parameters }) => parameters),
  );
  return bound.every(({ must, place }) => Number(row?.[`n${place}`]) === must);
}

function statementOf(provider: Provider, insert: JsonInsert): OtherStatement[] {
  const { rows, texts = [], must } = insert;
  if (rows.length === 0 && texts.length === 0) return [];
  const statement = { sql: insertion(provider, insert), parameters: [encodedRows(provider, insert)] };
  return [must === undefined ? statement : { ...statement, must }];
}

function insertion(provider: Provider, { table: { name, columns }, conflict }: JsonInsert): string {
  const entries = Object.entries(columns);
  const names = entries.map(([column]) => `"${column}"`).join(", ");
  const values = entries.map(([, type], place) => cast(provider, `value ->> ${place}`, type)).join(", ");
  // SQLite takes an ON that follows a table without a WHERE for that of a join.
  const tail = conflict === undefined ? "" : ` WHERE true ON CONFLICT ${conflict}`;
  return `INSERT INTO "${name}" (${names}) SELECT ${values} FROM ${elements(provider)} AS "given"${tail}`;
}

function encodedRows(provider: Provider, { table, rows, texts }: JsonInsert): string {
  if (texts !== undefined) return `[${texts.join(",")}]`;
  const each = encodersOf(provider, table);
  return JSON.stringify(rows.map((row) => each.map((encoded) => encoded(row))));
}

/** Values of columns as they stand in a row's JSON array, without its brackets. */
export function encodedValues(provider: Provider, table: JsonTable, row: JsonRow): string {
  return JSON.stringify(encodersOf(provider, table).map((encoded) => encoded(row))).slice(1, -1);
}

type Encoder = (row: JsonRow) => ColumnValue;

/** Made once for each table, as long as its description is not a copy from another thread: they are for every row. */
const encoders: Record<Provider, WeakMap<JsonTable, Encoder[]>> = {
  sqlite: new WeakMap(),
  postgresql: new WeakMap(),
};

function encodersOf(provider: Provider, table: JsonTable): Encoder[] {
  const known = encoders[provider].get(table);
  if (known !== undefined) return known;
  const made = Object.entries(table.columns).map(([column, type]) =>
    type === "time" && provider === "postgresql"
      ? (row: JsonRow) => encodedTime(provider, row[column] ?? null)
      : (row: JsonRow) => row[column] ?? null,
  );
  encoders[provider].set(table, made);
  return made;
}

/** The condition that a column is one of a list of texts, which is one parameter. */
export function isAmong(provider: Provider, column: string): string {
  const list =
    provider === "sqlite"
      ? "SELECT value FROM json_each(?)"
      : "SELECT jsonb_array_elements_text(CAST(? AS jsonb))";
  return isAmongRows(provider, column, list);
}

/**
 * The condition that a column is one of what a query finds. For PostgreSQL as an array: else it is a join, and the plan
 * that is made and kept for it while a table is empty reads all of the table when it is large.
 */
export function isAmongRows(provider: Provider, column: string, query: string): string {
  return provider === "sqlite" ? `${column} IN (${query})` : `${column} = ANY (ARRAY(${query}))`;
}

/** Texts of such a list. What no text in a database has, as a NUL, is left out: PostgreSQL would refuse all of them. */
export function listOf(texts: Iterable<string>): string {
  return JSON.stringify([...texts].filter((text) => !text.includes("\0")).map((text) => text.toWellFormed()));
}

/** A parameter of a time, and its value. */
export function timeMark(provider: Provider): string {
  return provider === "sqlite" ? "?" : "CAST(? AS timestamp(3))";
}

export function timeText(provider: Provider, at: number): ColumnValue {
  return provider === "sqlite" ? at : new Date(at).toISOString().replace("Z", "");
}

/** A text that both databases take: neither has a NUL, and JSON no half of a character. */
export function storable(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).replaceAll("\0", "\uFFFD").toWellFormed();
}

/** A parameter that is a JSON array, as rows with a column `value`. */
export function elements(provider: Provider): string {
  return provider === "sqlite" ? "json_each(?)" : "jsonb_array_elements(CAST(? AS jsonb))";
}

const POSTGRESQL_TYPES = {
  text: null,
  integer: "integer",
  float: "double precision",
  time: "timestamp(3)",
} as const satisfies Record<ColumnType, string | null>;

function cast(provider: Provider, value: string, type: ColumnType): string {
  const to = POSTGRESQL_TYPES[type];
  return provider === "sqlite" || to === null ? value : `CAST(${value} AS ${to})`;
}

function encodedTime(provider: Provider, value: string | number | null): ColumnValue {
  return typeof value === "number" ? timeText(provider, value) : value;
}
