import Sqlite from "better-sqlite3";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { CONCURRENT, clientsOf, expectNothingLost, pause } from "./burst.ts";

let installation: TestInstallation;
let plane: PlaneProcess | undefined;

beforeEach(async () => {
  installation = await testInstallation();
});
afterEach(async () => {
  await plane?.kill();
  await installation.close();
});

/** Takes the database away for a moment: PostgreSQL ends all connections, SQLite's lock is held by another. */
async function disturb(): Promise<void> {
  const { database } = installation.config;
  if (database.provider === "sqlite") {
    const other = new Sqlite(database.file, { timeout: 5_000 });
    other.exec("BEGIN IMMEDIATE");
    await pause(300);
    other.exec("ROLLBACK");
    other.close();
    return;
  }
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await admin.end();
}

test("a database that goes away under load costs answers, never a certificate or the audit chain", {
  timeout: 180_000,
}, async () => {
  const clients = await clientsOf(installation);
  plane = await startProtocolPlane(installation.environment);
  for (let round = 0; round < 3; round++) {
    const before = clients.acknowledged.size;
    const ended = clients.burst(plane);
    const done = ended.then(() => true);
    for (const share of [0.1, 0.4]) {
      while (
        clients.acknowledged.size - before < CONCURRENT * share &&
        !(await Promise.race([done, pause(1)]))
      );
      await disturb();
    }
    await ended;
  }
  process.stdout.write(
    `${clients.acknowledged.size} acknowledged, ${clients.unanswered} told to ask again\n`,
  );
  expect(clients.acknowledged.size).toBeGreaterThan(CONCURRENT);
  // It goes on as if nothing had been: the last burst is answered in full.
  const before = clients.acknowledged.size;
  await clients.burst(plane);
  expect(clients.acknowledged.size - before).toBe(CONCURRENT);
  await expectNothingLost(installation, clients);
});
