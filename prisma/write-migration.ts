import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { startCluster } from "../e2e/fixtures/postgresql-cluster.ts";
import { modelDifference } from "../lib/database-migrations.ts";
import { derivePostgresqlSchema } from "../lib/server/derive-schema.mjs";

/**
 * Writes the migrations of both databases (it starts a PostgreSQL of its own for a moment) from the model of the last commit to the present one:
 *
 *     node prisma/write-migration.ts 0002_name
 *
 * Read what it wrote: data that must move is not in the model.
 */
const [name] = process.argv.slice(2);
if (name === undefined || !/^\d{4}_[a-z0-9_]+$/.test(name)) {
  process.stderr.write("Name the migration: node prisma/write-migration.ts 0002_what_changes\n");
  process.exit(1);
}
const before = execFileSync("git", ["show", "HEAD:prisma/schema.prisma"], { encoding: "utf8" });
const after = readFileSync("prisma/schema.prisma", "utf8");
// The engine wants a server to talk to, though it only compares two models.
const cluster = await startCluster();
const scripts = {
  sqlite: await modelDifference({ provider: "sqlite", file: ":memory:" }, before, after),
  postgresql: await modelDifference(
    { provider: "postgresql", url: cluster.adminUrl },
    derivePostgresqlSchema(before),
    derivePostgresqlSchema(after),
  ),
};
cluster.stop();
for (const [provider, script] of Object.entries(scripts)) {
  if (script === "") {
    process.stdout.write(`${provider}: the model did not change\n`);
    continue;
  }
  const folder = `prisma/migrations/${provider}/${name}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/migration.sql`, script);
  process.stdout.write(`${folder}/migration.sql\n`);
}
