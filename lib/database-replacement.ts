import type { Config } from "#lib/config.ts";
import { replacePostgresql } from "#lib/database-replacement-postgresql.ts";
import { replaceSqlite } from "#lib/database-replacement-sqlite.ts";
import type { StoredTable, StoredValue } from "#lib/database-snapshot.ts";

/**
 * A database that is built beside the present one and takes its place in one step: whenever the process is
 * killed, either the old one is there or the new one. The old one is kept.
 */
export interface Replacement {
  /** The new database's tables; empty at first. */
  readonly tables: StoredTable[];
  /** What there is to be replaced; "unreadable" when it is damaged or not of this model. */
  readonly replaced: "nothing" | "unreadable" | "readable";
  /** Adds rows to the new database, values in the order of the table's columns. */
  insert(table: StoredTable, rows: readonly (readonly StoredValue[])[]): Promise<void>;
  /**
   * After the last row: makes indexes and checks references.
   *
   * @throws Error when a row refers to one that is not there
   */
  finishRows(): Promise<void>;
  /** A time as a parameter of `query`. */
  time(at: Date): StoredValue;
  /** A query of the new database. @param sql with `?` for parameters */
  query(sql: string, parameters?: readonly StoredValue[]): Promise<Record<string, StoredValue>[]>;
  /**
   * Runs work that reads the old database, which may be damaged where nobody has looked yet.
   *
   * @returns null when it cannot be read
   */
  reading<T>(work: () => Promise<T>): Promise<T | null>;
  /** All rows that a query of the old database gives, in slices. Only when it is readable. */
  queryReplaced(sql: string): AsyncGenerator<Record<string, StoredValue>[]>;
  /**
   * Puts the new database in the place of the old one.
   *
   * @param suffix names the kept one: letters, digits, `-` and `_`
   * @returns where the old one is kept: a file's path, or a schema's name; null when there was none
   * @throws DomainError `conflict` when somebody else has begun to use the database
   */
  commit(suffix: string): Promise<string | null>;
  /** Leaves everything as it was. */
  abandon(): Promise<void>;
}

/**
 * Begins a replacement; nobody else may be using the database (lib/database-presence.ts).
 *
 * @param root absolute path of the project
 * @param migration up to which the new database is made; `commit` brings SQLite up to date, on PostgreSQL the
 * next start does
 * @throws DomainError `conflict` when somebody uses the database, or it is not Countersign's
 */
export function beginReplacement(
  target: Config["database"],
  root: string,
  migration: string,
): Promise<Replacement> {
  return target.provider === "sqlite"
    ? replaceSqlite(target.file, root, migration)
    : replacePostgresql(target.url, root, migration);
}
