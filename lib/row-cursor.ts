import Sqlite from "better-sqlite3";
import pg from "pg";
import type { Config } from "#lib/config.ts";
import { connectPostgresql } from "#lib/database-migrations.ts";
import type { ColumnValue } from "#lib/driver.ts";

/**
 * Queries with more rows than memory should hold, on a connection of their own: all of them see the database as it
 * was at one moment, and nobody who writes meanwhile waits for them. Meant for worker threads, as SQLite answers on
 * the thread that asks.
 */
export interface RowCursor {
  /**
   * The rows of a query, in slices.
   *
   * @param sql with `?` for each parameter, and no question mark otherwise
   * @param parameters texts and numbers; a time as Date
   * @returns rows as values in the order of the columns; times are milliseconds since 1970, large integers numbers
   */
  slices(sql: string, parameters?: readonly ColumnValue[]): AsyncGenerator<RowValue[][]>;
  /** The first row of a query; null when there is none. */
  first(sql: string, parameters?: readonly ColumnValue[]): Promise<RowValue[] | null>;
  close(): Promise<void>;
}

export type RowValue = string | number | null | Uint8Array;

/** So many rows are in memory at once. */
const SLICE = 2_000;

/**
 * Opens a connection that sees the state of the present moment.
 *
 * @param target which database, from the settings
 */
export async function openCursor(target: Config["database"]): Promise<RowCursor> {
  const { slices, close } =
    target.provider === "sqlite" ? cursorOfSqlite(target.file) : await cursorOfPostgresql(target.url);
  return {
    slices,
    async first(sql, parameters) {
      for await (const [row] of slices(sql, parameters)) return row ?? null;
      return null;
    },
    close,
  };
}

type Slices = Pick<RowCursor, "slices" | "close">;

function cursorOfSqlite(file: string): Slices {
  const connection = new Sqlite(file, { timeout: 5_000 });
  connection.pragma("query_only = ON");
  connection.exec("BEGIN");
  // BEGIN alone takes no state: the first statement does.
  connection.prepare('SELECT 1 FROM "Ground"').get();
  return {
    async *slices(sql, parameters = []) {
      const values = parameters.map((value) => (value instanceof Date ? value.getTime() : value));
      let slice: RowValue[][] = [];
      for (const row of connection.prepare(sql).raw().iterate(values) as IterableIterator<RowValue[]>) {
        slice.push(row);
        if (slice.length < SLICE) continue;
        yield slice;
        slice = [];
      }
      if (slice.length > 0) yield slice;
    },
    async close() {
      connection.close();
    },
  };
}

async function cursorOfPostgresql(url: string): Promise<Slices> {
  const client = await connectPostgresql(url);
  // What the connection loses shows in the next query.
  client.on("error", () => {});
  await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  await client.query('SELECT 1 FROM "Ground"');
  return {
    async *slices(sql, parameters = []) {
      let position = 0;
      const numbered = sql.replaceAll("?", () => `$${++position}`);
      const values = parameters.map((value) =>
        value instanceof Date ? value.toISOString().replace("Z", "") : value,
      );
      await client.query(`DECLARE slices NO SCROLL CURSOR FOR ${numbered}`, values);
      const fetch = { text: `FETCH ${SLICE} FROM slices`, rowMode: "array" as const, types: TYPES };
      try {
        for (;;) {
          const { rows } = await client.query<RowValue[]>(fetch);
          if (rows.length > 0) yield rows;
          if (rows.length < SLICE) break;
        }
      } finally {
        await client.query("CLOSE slices");
      }
    },
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
