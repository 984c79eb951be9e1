import type { Database } from "#lib/database.ts";
import type { ColumnValue, DriverConnection } from "#lib/driver.ts";

/**
 * The same database for whoever asks many small questions in SQL (`queryRows`): these go by a connection of its own,
 * which takes a tenth of the time that the model's client takes.
 */
export function withQuickReads(database: Database, connection: Pick<DriverConnection, "all">): Database {
  const quick = {
    $queryRawUnsafe: (sql: string, ...parameters: ColumnValue[]) => connection.all(sql, parameters),
  };
  const read = new Proxy(database.read, {
    get: (target, key) => Reflect.get(key in quick ? quick : target, key),
  });
  return { ...database, read };
}
