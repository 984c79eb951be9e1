import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { startCluster } from "#e2e/fixtures/postgresql-cluster.ts";
import { scratch } from "./scratch-folder.ts";

/** Makes an empty database, as many as are asked for. @returns its URL */
export type NewDatabase = () => Promise<string>;

/**
 * Measures on SQLite, then on a PostgreSQL of the benchmark's own.
 *
 * @returns whether both reached what they must
 */
export async function onBothDatabases(
  measure: (name: string, newDatabase: NewDatabase) => Promise<boolean>,
): Promise<boolean> {
  const cluster = await startCluster();
  try {
    const onPostgresql = async () => {
      const url = new URL(cluster.adminUrl);
      url.pathname = `/bench_${randomBytes(4).toString("hex")}`;
      const admin = new pg.Client({ connectionString: cluster.adminUrl });
      await admin.connect();
      await admin.query(`CREATE DATABASE ${url.pathname.slice(1)}`);
      await admin.end();
      return url.href;
    };
    const onSqlite = async () => `file:${join(scratch, `${randomBytes(4).toString("hex")}.sqlite`)}`;
    const reached = [await measure("SQLite", onSqlite), await measure("PostgreSQL", onPostgresql)];
    return reached.every(Boolean);
  } finally {
    cluster.stop();
  }
}
