import Sqlite from "better-sqlite3";
import pg from "pg";
import type { Config } from "#lib/config.ts";
import { connectPostgresql } from "#lib/database-migrations.ts";
import type { ColumnValue } from "#lib/driver.ts";

/**
 * A connection of its own whose queries all see the database as it was at one moment; nobody who writes meanwhile
 * waits for them. Meant for worker threads, as SQLite answers on the thread that asks.
 */
export interface DatabaseView {
  /**
   * The first row of a query; null when there is none.
   *
   * @param sql with `?` for each parameter, and no question mark otherwise
   * @param parameters texts and numbers; a time as Date
   * @returns values in the order of the columns; times are milliseconds since 1970, large integers numbers
   */
  first(sql: string, parameters?: readonly ColumnValue[]): Promise<RowValue[] | null>;
  /** What a query calls a column of times as milliseconds since 1970. */
  milliseconds(column: string): string;
  close(): Promise<void>;
}

export type RowValue = string | number | null | Uint8Array;

/**
 * Opens a connection that sees the state of the present moment.
 *
 * @param target which database, from the settings
 */
export async function openDatabaseView(target: Config["database"]): Promise<DatabaseView> {
  return target.provider === "sqlite" ? viewOfSqlite(target.file) : viewOfPostgresql(target.url);
}

function viewOfSqlite(file: string): DatabaseView {
  const connection = new Sqlite(file, { timeout: 5_000 });
  connection.pragma("query_only = ON");
  connection.exec("BEGIN");
  // BEGIN alone takes no state: the first statement does.
  connection.prepare('SELECT 1 FROM "Ground"').get();
  return {
    async first(sql, parameters = []) {
      const values = parameters.map((value) => (value instanceof Date ? value.getTime() : value));
      return (connection.prepare(sql).raw().get(values) as RowValue[] | undefined) ?? null;
    },
    milliseconds: (column) => column,
    async close() {
      connection.close();
    },
  };
}

/** The longest look at a million rows takes seconds. */
const STATEMENT_MS = 60_000;

/** A database that goes away without a word would be waited for without end. */
const LIMITS: pg.ClientConfig = {
  keepAlive: true,
  query_timeout: STATEMENT_MS + 5_000,
  statement_timeout: STATEMENT_MS,
};

async function viewOfPostgresql(url: string): Promise<DatabaseView> {
  const client = await connectPostgresql(url, LIMITS);
  // What the connection loses shows in the next query.
  client.on("error", () => {});
  await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  // Without statistics, as just after a mass revocation, it would sort all that is left for each slice of a table.
  await client.query("SET LOCAL enable_sort = off");
  await client.query('SELECT 1 FROM "Ground"');
  return {
    async first(sql, parameters = []) {
      let position = 0;
      const text = sql.replaceAll("?", () => `$${++position}`);
      const values = parameters.map((value) =>
        value instanceof Date ? value.toISOString().replace("Z", "") : value,
      );
      const { rows } = await client.query<RowValue[]>({ text, values, rowMode: "array", types: TYPES });
      return rows[0] ?? null;
    },
    milliseconds: (column) => `CAST(EXTRACT(EPOCH FROM ${column}) * 1000 AS BIGINT)`,
    async close() {
      await client.end();
    },
  };
}

const BIGINT = 20;
/** PostgreSQL's timestamp without a zone, which is how the model stores UTC. */
const TIMESTAMP = 1114;
const TYPES = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === TIMESTAMP) return (text: string) => Date.parse(`${text.replace(" ", "T")}Z`);
    if (oid === BIGINT) return Number;
    return pg.types.getTypeParser(oid, format as "text");
  }) as typeof pg.types.getTypeParser,
};
