import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import type { Config } from "#lib/config.ts";
import { migrate } from "#lib/database-migrations.ts";
import { type DriverConnection, openDriver, type Row } from "#lib/driver.ts";

/**
 * A database as the first version left it, with certificates in it, is brought up to date, also when the process
 * that does it is killed again and again.
 */

let installation: TestInstallation;
let connection: DriverConnection;
let target: Config["database"];

beforeAll(async () => {
  installation = await testInstallation();
  const { database, dataFolder, root } = installation.config;
  const firstVersion = join(dataFolder, "first-version");
  const folder = join("prisma", "migrations", database.provider);
  mkdirSync(join(firstVersion, folder), { recursive: true });
  cpSync(join(root, folder, "0001_first"), join(firstVersion, folder, "0001_first"), { recursive: true });
  if (database.provider === "sqlite") {
    target = { provider: "sqlite", file: join(dataFolder, "old.sqlite") };
  } else {
    target = database;
    const admin = await openDriver(database);
    await admin.all("DROP SCHEMA public CASCADE");
    await admin.all("CREATE SCHEMA public");
    await admin.close();
  }
  await migrate(target, firstVersion);
  const before = await openDriver(target);
  await fill(before);
  await before.close();
  await killedWhileMigrating(root);
  await migrate(target, root);
  connection = await openDriver(target);
});
afterAll(async () => {
  await connection.close();
  await installation.close();
});

/** Processes that begin to migrate and are killed, each a little later than the one before. */
async function killedWhileMigrating(root: string): Promise<void> {
  const script = `
    const { migrate } = await import(${JSON.stringify(join(root, "lib/database-migrations.ts"))});
    process.stdout.write("begin");
    await migrate(${JSON.stringify(target)}, ${JSON.stringify(root)});`;
  for (const milliseconds of [0, 20, 40, 60, 80, 110, 140, 180, 230]) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

const certificate = (id: string, other: Row = {}): Row => ({
  id,
  serial: id,
  issuerId: null,
  profileId: null,
  status: "issued",
  kind: "end-entity",
  displayName: `Name-${id}`,
  subject: `CN=${id}`,
  issuerName: "CN=Root",
  notBefore: new Date("2026-01-01T00:00:00Z"),
  notAfter: new Date("2027-01-01T00:00:00Z"),
  keyAlgorithm: "ecdsa-p256",
  keySha256: `key-${id}`,
  sha256: `sha256-${id}`,
  sha1: `sha1-${id}`,
  body: new Uint8Array([0x30, 0]),
  source: "csr",
  lineageId: id,
  replacesId: null,
  requestedBy: "anna",
  createdAt: new Date("2026-01-01T00:00:00Z"),
  ...other,
});

async function fill(of: DriverConnection): Promise<void> {
  await of.transaction(async (transaction) => {
    await transaction.insert("Certificate", [
      certificate("root", { kind: "authority", subject: "CN=Root", source: "system" }),
      certificate("a"),
      certificate("b"),
      certificate("old"),
      certificate("new", { replacesId: "old", lineageId: "old", keySha256: "key-old" }),
      certificate("twin-1", { keySha256: "key-twins" }),
      certificate("twin-2", { keySha256: "key-twins" }),
      certificate("long", { notAfter: new Date("2028-04-06T00:00:01Z") }),
      certificate("not-quite-long", { notAfter: new Date("2028-04-05T00:00:00Z"), source: "api" }),
      certificate("never", { status: "abandoned", sha256: null, sha1: null }),
    ]);
  });
}

test("every certificate that was issued finds its cohort, and the counts are right", async () => {
  const rows = await connection.all(
    `SELECT c."id", c."sortName", h."state", h."risks", h."kind", h."count" FROM "Certificate" c
     LEFT JOIN "CertificateCohort" h ON h."id" = c."cohortId" ORDER BY c."id"`,
  );
  expect(rows.map((row) => [row.id, row.state, row.risks, row.count])).toEqual([
    ["a", "active", 0, 3],
    ["b", "active", 0, 3],
    ["long", "active", 2, 1],
    ["never", null, null, null],
    ["new", "active", 0, 3],
    ["not-quite-long", "active", 0, 1],
    ["old", "superseded", 0, 1],
    ["root", "active", 0, 1],
    ["twin-1", "active", 8, 2],
    ["twin-2", "active", 8, 2],
  ]);
  expect(rows.find((row) => row.id === "twin-1")?.sortName).toBe("name-twin-1");
});

test("authorities become findable as issuers", async () => {
  const rows = await connection.all('SELECT "certificateId", "subject" FROM "IssuerCandidate"');
  expect(rows).toEqual([{ certificateId: "root", subject: "CN=Root" }]);
});
