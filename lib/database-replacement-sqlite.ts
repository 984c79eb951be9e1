import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import { migrateAlone } from "#lib/database-migrations.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import { columnList, type StoredTable, type StoredValue, tablesOfSqlite } from "#lib/database-snapshot.ts";
import { DomainError } from "#lib/errors.ts";

/** What SQLite lays beside a database; left there, it would be taken for the new database's own. */
const COMPANIONS = ["-wal", "-shm", "-journal"];

/** So many rows of the old database are in memory at once. */
const SLICE = 500;

/** A new file beside the old one; its renaming is the one step that counts. */
export async function replaceSqlite(file: string, root: string, migration: string): Promise<Replacement> {
  const target = { provider: "sqlite" as const, file: `${file}.restoring` };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { state: replaced, connection: old } = takeOld(file);
  const removeUnfinished = () => {
    for (const suffix of ["", ...COMPANIONS]) rmSync(`${target.file}${suffix}`, { force: true });
  };
  let connection: Sqlite.Database;
  try {
    removeUnfinished();
    closeSync(openSync(target.file, "wx", 0o600));
    await migrateAlone(target, root, migration);
    connection = new Sqlite(target.file);
  } catch (error) {
    old?.close();
    throw error;
  }
  // Until it is renamed nobody misses the file: durability comes at the end, once.
  connection.pragma("journal_mode = MEMORY");
  connection.pragma("synchronous = OFF");
  connection.pragma("foreign_keys = OFF");
  connection.pragma("cache_size = -131072");
  const indexes = connection
    .prepare('SELECT "name", "sql" FROM sqlite_master WHERE "type" = \'index\' AND "sql" IS NOT NULL')
    .all() as { name: string; sql: string }[];
  // Rows come in any order: making an index afterwards is several times as fast.
  for (const { name } of indexes) connection.exec(`DROP INDEX "${name}"`);
  connection.exec("BEGIN");

  const inserts = new Map<string, Sqlite.Statement>();
  const insertInto = (table: StoredTable) => {
    const known = inserts.get(table.name);
    if (known !== undefined) return known;
    const values = table.columns.map(() => "?").join(", ");
    const statement = connection.prepare(
      `INSERT INTO "${table.name}" (${columnList(table)}) VALUES (${values})`,
    );
    inserts.set(table.name, statement);
    return statement;
  };

  return {
    tables: tablesOfSqlite(connection),
    replaced,
    async insert(table, rows) {
      const statement = insertInto(table);
      for (const row of rows) statement.run(row.map(plain));
    },
    async finishRows() {
      for (const { sql } of indexes) connection.exec(sql);
      const [broken] = connection.pragma("foreign_key_check") as { table: string; parent: string }[];
      if (broken !== undefined) {
        throw new Error(`a row of ${broken.table} refers to one of ${broken.parent} that is not there`);
      }
    },
    time: (at) => at.getTime(),
    async query(sql, parameters = []) {
      const statement = connection.prepare(sql);
      if (statement.reader) return statement.all(parameters.map(plain)) as Record<string, StoredValue>[];
      statement.run(parameters.map(plain));
      return [];
    },
    async reading(work) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Sqlite.SqliteError) return null;
        throw error;
      }
    },
    async *queryReplaced(sql) {
      if (old === null) return;
      let slice: Record<string, StoredValue>[] = [];
      for (const row of old.prepare(sql).iterate() as IterableIterator<Record<string, StoredValue>>) {
        slice.push(row);
        if (slice.length === SLICE) {
          yield slice;
          slice = [];
        }
      }
      if (slice.length > 0) yield slice;
    },
    async commit(suffix) {
      connection.exec("COMMIT");
      connection.close();
      await migrateAlone(target, root);
      flush(target.file);
      const kept = replaced === "nothing" ? null : `${file}.${suffix}`;
      for (const companion of COMPANIONS) {
        if (existsSync(`${file}${companion}`))
          renameSync(`${file}${companion}`, `${file}.${suffix}${companion}`);
      }
      if (kept !== null) secondName(file, kept);
      renameSync(target.file, file);
      flush(dirname(file));
      old?.close();
      return kept;
    },
    async abandon() {
      if (connection.open) connection.close();
      old?.close();
      removeUnfinished();
    },
  };
}

function plain(value: StoredValue): string | number | null | Uint8Array {
  return typeof value === "boolean" ? (value ? 1 : 0) : value;
}

/**
 * Locks the old database so that nobody can write to it any more, and brings all of it into its one file.
 */
function takeOld(file: string): { state: Replacement["replaced"]; connection: Sqlite.Database | null } {
  if (!existsSync(file)) return { state: "nothing", connection: null };
  const connection = new Sqlite(file, { timeout: 500 });
  try {
    // Leaving WAL mode works only for the last connection there is, and leaves no companion behind.
    connection.pragma("journal_mode = DELETE");
    connection.exec("BEGIN EXCLUSIVE");
    const isOurs =
      connection.prepare("SELECT 1 FROM sqlite_master WHERE name = 'Ground'").get() !== undefined;
    if (isOurs) return { state: "readable", connection };
    const isEmpty = connection.prepare("SELECT 1 FROM sqlite_master").get() === undefined;
    return { state: isEmpty ? "nothing" : "unreadable", connection };
  } catch (error) {
    connection.close();
    if (error instanceof Sqlite.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code)) {
      throw new DomainError("conflict", `Another process uses the database ${file}: stop it first.`, {
        cause: error,
      });
    }
    if (error instanceof Sqlite.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code)) {
      return { state: "unreadable", connection: null };
    }
    throw error;
  }
}

/** A second name for the same file, so that it has one at every moment; a copy where that cannot be had. */
function secondName(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch {
    copyFileSync(file, name);
    flush(name);
  }
}

function flush(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
