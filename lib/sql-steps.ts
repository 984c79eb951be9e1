import type { Database, Reader, Transaction } from "#lib/database.ts";
import type { ColumnValue, DriverTransaction } from "#lib/driver.ts";

/**
 * Statements in SQL, written once with `?` placeholders: by the model's client or by a connection of one's own
 * (lib/driver.ts), on both databases. Times are not translated here: compare them with `timeParameter`.
 */
export type SqlSteps = Pick<DriverTransaction, "all" | "run">;

/** The statements of a writing transaction of `database.write`. */
export function sqlSteps(database: Database, transaction: Transaction): SqlSteps {
  return {
    all: (sql, parameters = []) => rows(database, transaction, sql, parameters),
    run: (sql, parameters = []) =>
      transaction.$executeRawUnsafe(placeholdersFor(database, sql), ...parameters),
  };
}

/**
 * Rows of a query outside a transaction, in the state of the last commit.
 *
 * @param sql with `?` for each parameter, and no question mark otherwise
 */
export function queryRows(
  database: Database,
  sql: string,
  parameters: readonly ColumnValue[] = [],
): Promise<Record<string, ColumnValue>[]> {
  return rows(database, database.read, sql, parameters);
}

/** The SQL that stands for a time parameter: PostgreSQL must be told that the text is one. */
export function timeParameter(database: Database): string {
  return database.target.provider === "sqlite" ? "?" : "CAST(? AS timestamp(3))";
}

/** A time as it is compared in statements. */
export function timeValue(database: Database, time: Date): ColumnValue {
  return database.target.provider === "sqlite" ? time.getTime() : time.toISOString().replace("Z", "");
}

/** A time from a row of `queryRows`; a computed one comes from SQLite as a number. */
export function timeOf(value: ColumnValue | undefined): Date {
  return value instanceof Date ? value : new Date(Number(value));
}

async function rows(
  database: Database,
  client: Pick<Reader, "$queryRawUnsafe">,
  sql: string,
  parameters: readonly ColumnValue[],
): Promise<Record<string, ColumnValue>[]> {
  return client.$queryRawUnsafe(placeholdersFor(database, sql), ...parameters);
}

function placeholdersFor(database: Database, sql: string): string {
  if (database.target.provider === "sqlite") return sql;
  let position = 0;
  return sql.replaceAll("?", () => `$${++position}`);
}
