import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { migrate, missingMigration } from "#lib/database-migrations.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

test("the migrations lead exactly to the model: none was forgotten", async () => {
  expect(await missingMigration(installation.config.database, installation.config.root)).toBe("");
  await installation.database.write(
    (transaction) => transaction.$executeRaw`DROP INDEX "Certificate_keySha256_idx"`,
  );
  expect(await missingMigration(installation.config.database, installation.config.root)).toContain(
    'CREATE INDEX "Certificate_keySha256_idx"',
  );
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
