import { readFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { migrate, modelDifference } from "#lib/database-migrations.ts";
import { type DriverConnection, openDriver } from "#lib/driver.ts";
import { derivePostgresqlSchema } from "#lib/server/derive-schema.mjs";

let installation: TestInstallation;
let connection: DriverConnection;
beforeAll(async () => {
  installation = await testInstallation();
  connection = await openDriver(installation.config.database);
});
afterAll(async () => {
  await connection.close();
  await installation.close();
});

/** What a database's own catalogue says of its tables and indexes, in a fixed order. */
async function catalogue(of: DriverConnection, schema: string): Promise<string[]> {
  const queries =
    of.provider === "sqlite"
      ? [
          `SELECT m."name" || '.' || c."name" || ' ' || c."type" || ' ' || c."notnull" || ' ' || coalesce(c."dflt_value", '') AS line
           FROM "sqlite_master" m, pragma_table_info(m."name") c WHERE m."type" = 'table'`,
          `SELECT "sql" AS line FROM "sqlite_master" WHERE "type" = 'index' AND "sql" IS NOT NULL`,
        ]
      : [
          `SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(replace(column_default, '${schema}.', ''), '') AS line
           FROM information_schema.columns WHERE table_schema = '${schema}'`,
          `SELECT replace(indexdef, '${schema}.', '') AS line FROM pg_indexes WHERE schemaname = '${schema}'`,
        ];
  const rows = (await Promise.all(queries.map((query) => of.all(query)))).flat();
  return rows
    .map((row) => String(row.line))
    .filter((line) => !line.includes("_prisma_migrations") && !line.includes("sqlite_sequence"))
    .sort();
}

test("the migrations lead exactly to the model: none was forgotten", async () => {
  const { database, dataFolder } = installation.config;
  const model = readFileSync("prisma/schema.prisma", "utf8");
  const isSqlite = database.provider === "sqlite";
  const script = await modelDifference(database, null, isSqlite ? model : derivePostgresqlSchema(model));
  const statements = script
    .replace(/^--.*$/gm, "")
    .split(";\n")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");

  // The model, made from nothing beside the migrated database.
  let expected: string[];
  if (isSqlite) {
    const file = join(dataFolder, "model.sqlite");
    const scratch = new Sqlite(file);
    scratch.exec(script);
    scratch.close();
    const other = await openDriver({ provider: "sqlite", file });
    expected = await catalogue(other, "main");
    await other.close();
  } else {
    await connection.transaction(async (transaction) => {
      await transaction.run("CREATE SCHEMA model");
      await transaction.run("SET LOCAL search_path = model");
      for (const statement of statements) await transaction.run(statement);
    });
    expected = await catalogue(connection, "model");
  }
  expect(expected.length).toBeGreaterThan(100);
  expect(await catalogue(connection, "public")).toEqual(expected);
});

test("migrating again changes nothing", async () => {
  expect(await migrate(installation.config.database, installation.config.root)).toEqual([]);
});

test("a database that holds a migration of a newer version is refused in a sentence", async () => {
  await installation.database.write(
    (transaction) => transaction.$executeRaw`
      INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count)
      SELECT 'newer', checksum, finished_at, '9999_newer', 1 FROM "_prisma_migrations" LIMIT 1`,
  );
  await expect(migrate(installation.config.database, installation.config.root)).rejects.toThrow(
    /newer than this version .* 9999_newer/,
  );
});
