import { existsSync } from "node:fs";
import Sqlite from "better-sqlite3";
import pg from "pg";
import type { Config } from "#lib/config.ts";
import { appliedMigrations, connectPostgresql } from "#lib/database-migrations.ts";

/**
 * The whole database as it is at one moment, read while others go on writing: one reading transaction on a
 * connection of its own. Values have the same shape on both databases, so that what is read from one can be
 * written to the other (lib/database-replacement.ts).
 */

/** Times are milliseconds since 1970, bytes Uint8Array; a whole number beyond 2^53 is its decimal digits as text. */
export type StoredValue = string | number | boolean | null | Uint8Array;

export type ColumnType = "text" | "integer" | "real" | "boolean" | "time" | "bytes";

export interface StoredTable {
  name: string;
  /** Name and type, in alphabetical order of the names. */
  columns: [name: string, type: ColumnType][];
}

export interface Snapshot {
  /** The newest migration of the database. */
  readonly migration: string;
  /** In alphabetical order. */
  readonly tables: StoredTable[];
  /** All rows of a table, in slices; values in the order of the columns. */
  rows(table: StoredTable): AsyncGenerator<StoredValue[][]>;
  close(): Promise<void>;
}

/** So many rows are in memory at once. */
const SLICE = 500;

/**
 * Opens a snapshot of the present moment.
 *
 * @returns null when there is no database, or an empty one
 */
export async function openSnapshot(target: Config["database"]): Promise<Snapshot | null> {
  if (target.provider === "sqlite" && !existsSync(target.file)) return null;
  const migration = (await appliedMigrations(target)).sort().at(-1);
  if (migration === undefined) return null;
  return target.provider === "sqlite"
    ? snapshotOfSqlite(target.file, migration)
    : snapshotOfPostgresql(target.url, migration);
}

async function snapshotOfSqlite(file: string, migration: string): Promise<Snapshot> {
  const connection = new Sqlite(file, { timeout: 5_000 });
  connection.pragma("query_only = ON");
  // Readers hold up nobody in WAL mode; the snapshot is that of the first statement.
  connection.exec("BEGIN");
  const tables = tablesOfSqlite(connection);
  return {
    migration,
    tables,
    async *rows(table) {
      const decoders = table.columns.map(([, type]) => type === "boolean");
      let slice: StoredValue[][] = [];
      const columns = table.columns.map(([name, type]) =>
        type === "integer" ? exactInteger(name) : `"${name}"`,
      );
      const statement = connection.prepare(`SELECT ${columns.join(", ")} FROM "${table.name}"`).raw();
      for (const row of statement.iterate() as IterableIterator<StoredValue[]>) {
        slice.push(row.map((value, at) => (decoders[at] && value !== null ? value === 1 : value)));
        if (slice.length === SLICE) {
          yield slice;
          slice = [];
        }
      }
      if (slice.length > 0) yield slice;
    },
    async close() {
      connection.close();
    },
  };
}

const exactInteger = (column: string) =>
  `CASE WHEN "${column}" NOT BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER} THEN CAST("${column}" AS TEXT) ELSE "${column}" END`;

async function snapshotOfPostgresql(url: string, migration: string): Promise<Snapshot> {
  const client = await connectPostgresql(url);
  await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const tables = await tablesOfPostgresql(client, "public");
  return {
    migration,
    tables,
    async *rows(table) {
      await client.query(
        `DECLARE slices NO SCROLL CURSOR FOR SELECT ${columnList(table)} FROM "public"."${table.name}"`,
      );
      const fetch = { text: `FETCH ${SLICE} FROM slices`, rowMode: "array" as const, types: PLAIN_TYPES };
      try {
        for (;;) {
          const { rows } = await client.query<StoredValue[]>(fetch);
          if (rows.length === 0) break;
          yield rows;
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

/** Tables and columns that a SQLite database holds of the model. */
export function tablesOfSqlite(connection: Sqlite.Database): StoredTable[] {
  const rows = connection
    .prepare(
      `SELECT m."name" AS "table", c."name" AS "column", lower(c."type") AS "type"
       FROM "sqlite_master" m, pragma_table_info(m."name") c WHERE m."type" = 'table'`,
    )
    .all() as CatalogueRow[];
  return tablesFrom(rows);
}

/** The same of a schema of PostgreSQL. */
export async function tablesOfPostgresql(client: pg.Client, schema: string): Promise<StoredTable[]> {
  const { rows } = await client.query<CatalogueRow>(
    `SELECT table_name AS "table", column_name AS "column", data_type AS "type"
     FROM information_schema.columns WHERE table_schema = $1`,
    [schema],
  );
  return tablesFrom(rows);
}

interface CatalogueRow {
  table: string;
  column: string;
  type: string;
}

const TYPES: Record<string, ColumnType> = {
  text: "text",
  integer: "integer",
  bigint: "integer",
  real: "real",
  "double precision": "real",
  boolean: "boolean",
  datetime: "time",
  "timestamp without time zone": "time",
  blob: "bytes",
  bytea: "bytes",
};

function tablesFrom(rows: CatalogueRow[]): StoredTable[] {
  const tables = new Map<string, StoredTable>();
  for (const { table: name, column, type } of rows.filter(({ table }) => !/^(sqlite|_prisma)_/.test(table))) {
    const table = tables.get(name) ?? { name, columns: [] };
    const known = TYPES[type];
    if (known === undefined) throw new Error(`column ${name}.${column} has the unknown type ${type}`);
    table.columns.push([column, known]);
    tables.set(name, table);
  }
  for (const table of tables.values()) table.columns.sort(([a], [b]) => (a < b ? -1 : 1));
  return [...tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The columns of a table for a statement. */
export function columnList(table: StoredTable): string {
  return table.columns.map(([name]) => `"${name}"`).join(", ");
}

const BIGINT = 20;
/** PostgreSQL's timestamp without a zone, which is how the model stores UTC. */
const TIMESTAMP = 1114;
const PLAIN_TYPES = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === TIMESTAMP) return (text: string) => Date.parse(`${text.replace(" ", "T")}Z`);
    if (oid === BIGINT) return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
    return pg.types.getTypeParser(oid, format as "text");
  }) as typeof pg.types.getTypeParser,
};
