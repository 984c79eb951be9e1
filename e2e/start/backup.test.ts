import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../lib/clock.ts";
import { loadConfig } from "../../lib/config.ts";
import { openDatabase } from "../../lib/database.ts";
import { migrate } from "../../lib/database-migrations.ts";
import { openSnapshot } from "../../lib/database-snapshot.ts";
import { claimInstallation } from "../../lib/installation.ts";
import { loadMasterKey } from "../../lib/master-key.ts";
import { fillDemo } from "../../lib/server/demo-data.ts";
import { runScript } from "../fixtures/command.ts";
import { isInstalled } from "../fixtures/installed.ts";
import { freshSettings, type Instance, startInstance } from "../fixtures/instance.ts";
import { type Cluster, startCluster } from "../fixtures/postgresql-cluster.ts";

/** Backup and restore as a person runs them, beside the processes of an instance. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-backups-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);

async function start(settings?: Record<string, string>): Promise<Instance> {
  const instance = await startInstance(settings);
  onTestFinished(async () => {
    await instance.stop();
  });
  return instance;
}

/** Ends it, but leaves its data. */
async function end({ pid }: Instance): Promise<void> {
  process.kill(pid, "SIGTERM");
  await expect
    .poll(
      () => {
        try {
          return process.kill(pid, 0);
        } catch {
          return false;
        }
      },
      { timeout: 15_000 },
    )
    .toBe(false);
}

test("a running instance is backed up, and is not restored over until it has ended", async () => {
  const first = await start();
  const made = await runScript("backup", ["--to", file("running.gz")], first.settings);
  expect(made).toMatchObject({ code: 0 });
  const refused = await runScript("restore", ["--from", file("running.gz"), "--yes"], first.settings);
  expect(refused).toMatchObject({ code: 78 });
  expect(refused.output).toContain("stop every instance of it first");

  await end(first);
  expect(await runScript("restore", ["--from", file("running.gz"), "--yes"], first.settings)).toMatchObject({
    code: 0,
  });
  const second = await start(first.settings);
  // The set-up link is in the database: the same one again means that the same database is there.
  expect(second.setupLink).toBe(first.setupLink);
  expect((await fetch(`${second.protocolHttp}/readyz`)).status).toBe(200);
});

test("without a database, a backup or a key, what is missing is said", async () => {
  const settings = { ...(await freshSettings()) };
  onTestFinished(() => rmSync(settings.COUNTERSIGN_DATA_FOLDER ?? "", { recursive: true, force: true }));
  expect((await runScript("backup", ["--to", file("none.gz")], settings)).output).toContain(
    "no database to back up",
  );
  expect((await runScript("restore", [], settings)).output).toContain("Say which backup");
  const { COUNTERSIGN_MASTER_KEY: _, ...keyless } = settings;
  const refused = await runScript("restore", ["--from", file("none.gz")], keyless);
  expect(refused).toMatchObject({ code: 78 });
  expect(refused.output).toContain("There is no master key at");
});

describe.skipIf(!isInstalled("postgresql"))("with a PostgreSQL", () => {
  let cluster: Cluster;
  beforeEach(async () => {
    cluster = await startCluster();
  });
  afterEach(() => cluster?.stop());

  test("a backup of SQLite is restored into PostgreSQL, and back, with every value", async () => {
    const sqlite = await freshSettings();
    const postgresql = { ...sqlite, DATABASE_URL: cluster.adminUrl };
    onTestFinished(() => rmSync(sqlite.COUNTERSIGN_DATA_FOLDER ?? "", { recursive: true, force: true }));
    await demo(sqlite);
    const before = await content(sqlite);
    for (const [from, to] of [
      [sqlite, postgresql],
      [postgresql, sqlite],
    ] as const) {
      const name = `${from === sqlite ? "sqlite" : "postgresql"}.gz`;
      expect(await runScript("backup", ["--to", file(name)], from)).toMatchObject({ code: 0 });
      const restored = await runScript("restore", ["--from", file(name), "--yes"], to);
      expect(restored.output).toContain("Restored the backup");
      expect(restored.code).toBe(0);
    }
    const after = await content(sqlite);
    // Each restore has left its event; everything else is as it was.
    expect(after.get("AuditEvent")?.length).toBe((before.get("AuditEvent")?.length ?? 0) + 2);
    // CRLs and allowlists of a backup are not served again, and their numbers go on beyond those that were in use;
    // what they must contain is the same.
    const changed = new Set(["AuditEvent", "Ground", "CrlPublication", "Crl", "CrlPart", "Allowlist"]);
    expect(before.get("Revocation")?.length).toBeGreaterThan(0);
    for (const table of before.keys()) {
      if (changed.has(table)) continue;
      expect([table, after.get(table)]).toEqual([table, before.get(table)]);
    }
    // PostgreSQL goes on from there.
    const instance = await start({ ...postgresql, COUNTERSIGN_PLANES: "protocol" });
    expect((await fetch(`${instance.protocolHttp}/readyz`)).status).toBe(200);
  }, 120_000);
});

async function demo(settings: Record<string, string>): Promise<void> {
  const config = loadConfig(settings, process.cwd());
  await migrate(config.database, config.root);
  const database = openDatabase(config.database);
  const installation = { config, database, masterKey: loadMasterKey(config.masterKey), clock: systemClock };
  await claimInstallation(installation);
  await fillDemo(installation);
  await database.close();
}

/** Everything that a database holds: table → its rows in a fixed order. */
async function content(settings: Record<string, string>): Promise<Map<string, string[]>> {
  const snapshot = await openSnapshot(loadConfig(settings, process.cwd()).database);
  const tables = new Map<string, string[]>();
  for (const table of snapshot?.tables ?? []) {
    const rows: string[] = [];
    for await (const slice of snapshot?.rows(table) ?? []) {
      for (const row of slice) {
        rows.push(
          JSON.stringify(row.map((v) => (v instanceof Uint8Array ? Buffer.from(v).toString("hex") : v))),
        );
      }
    }
    tables.set(table.name, rows.sort());
  }
  await snapshot?.close();
  return tables;
}
