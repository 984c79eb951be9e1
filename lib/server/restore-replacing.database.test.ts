import { readdirSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runScript } from "#e2e/fixtures/command.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createProxy, retireProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import { openDatabase } from "#lib/database.ts";
import { knownMigrations, migrateAlone } from "#lib/database-migrations.ts";
import { beginReplacement, type Replacement } from "#lib/database-replacement.ts";
import { columnList, openSnapshot, tablesOfSqlite } from "#lib/database-snapshot.ts";
import type { Installation } from "#lib/installation.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { listCertificates } from "#lib/inventory/certificate-list.ts";
import { replaceByBackup } from "#lib/server/restore-replacing.ts";

let installation: TestInstallation;
let folder: string;
beforeEach(async () => {
  installation = await testInstallation();
  folder = installation.config.dataFolder;
});
afterEach(() => installation.close());

const lostFiles = () => readdirSync(folder).filter((name) => name.startsWith("lost-by-restore"));

/** The database of the installation as an earlier version had it: SQLite, whose backups fit both. */
async function earlierVersion(file: string, migration: string): Promise<void> {
  const { config } = installation;
  await migrateAlone({ provider: "sqlite", file }, config.root, migration);
  const connection = new Sqlite(file);
  connection.pragma("foreign_keys = OFF");
  const snapshot = await openSnapshot(config.database);
  for (const table of tablesOfSqlite(connection)) {
    const now = snapshot?.tables.find(({ name }) => name === table.name);
    if (snapshot === null || now === undefined) throw new Error(`there is no table ${table.name} any more`);
    const positions = table.columns.map(([name]) => now.columns.findIndex(([column]) => column === name));
    const insert = connection.prepare(
      `INSERT INTO "${table.name}" (${columnList(table)}) VALUES (${positions.map(() => "?").join(", ")})`,
    );
    for await (const slice of snapshot.rows(now)) {
      for (const row of slice) {
        insert.run(positions.map((at) => (typeof row[at] === "boolean" ? Number(row[at]) : row[at])));
      }
    }
  }
  await snapshot?.close();
  connection.close();
}

test("a backup of the first version is restored over a database of this one, and brought up to date", {
  timeout: 60_000,
}, async () => {
  const admin = testActor("admin");
  const issue = async (of: Installation, name: string) => {
    const issuer = inlineIssuer(of);
    const { issued } = await issueWithKeyMadeHere(issuer, admin, {
      profile: "server",
      keyAlgorithm: "ecdsa-p256",
      subject: [],
      names: [{ type: "dns", value: `${name}.example.test` }],
    });
    await issuer.close();
    return issued.id;
  };
  await foundAuthorities(installation, admin, { organisation: "Example" });
  for (const name of ["one", "two", "three"]) await issue(installation, name);
  const { certificates: before } = await listCertificates(installation, admin);
  const old = join(folder, "first.sqlite");
  await earlierVersion(old, "0001_first");
  const file = join(folder, "first.gz");
  const made = await runScript("backup", ["--to", file], {
    ...installation.environment,
    DATABASE_URL: `file:${old}`,
  });
  expect(made).toMatchObject({ code: 0 });
  await issue(installation, "since");
  const [, , third] = before;
  await revokeCertificate(installation, admin, third?.id ?? "", { reason: "keyCompromise" });
  await installation.database.close();

  const restored = await runScript("restore", ["--from", file, "--yes"], installation.environment);

  expect(restored).toMatchObject({
    code: 0,
    output: expect.stringContaining("1 certificate of the replaced"),
  });
  // The first version cannot hold it, so it is told.
  expect(restored.output).toContain(
    `revoke them again: ${third?.displayName} (serial number ${third?.serial}, keyCompromise).`,
  );
  const here = { ...installation, database: openDatabase(installation.config.database) };
  try {
    const { certificates: after } = await listCertificates(here, admin);
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(await countCertificates(here, admin)).toEqual({ count: before.length, exact: true });
    const check = verifyChain(here, admin);
    let step = await check.next();
    while (!step.done) step = await check.next();
    expect(step.value).toMatchObject({ whole: true, fault: null });
    const id = await issue(here, "later");
    expect((await listCertificates(here, admin)).certificates[0]?.id).toBe(id);
  } finally {
    await here.database.close();
  }
});

test("a backup of before proxies had bundles is restored over a database of this version", {
  timeout: 60_000,
}, async () => {
  const admin = testActor("admin");
  const service = await createService(installation, admin, { slug: "tariffs", name: "Tariffs" });
  const { id } = await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "client-cert", services: [service] },
  });
  const old = join(folder, "clients.sqlite");
  await earlierVersion(old, "0004_clients");
  const file = join(folder, "clients.gz");
  const backup = await runScript("backup", ["--to", file], {
    ...installation.environment,
    DATABASE_URL: `file:${old}`,
  });
  expect(backup).toMatchObject({ code: 0 });
  await retireProxy(installation, admin, id, 1);
  await installation.database.close();

  const restored = await runScript("restore", ["--from", file, "--yes"], installation.environment);

  expect(restored.output).not.toContain("could not be read");
  expect(restored.code, restored.output).toBe(0);
  const { read, close } = openDatabase(installation.config.database);
  try {
    expect(await read.proxy.findUnique({ where: { id } })).toMatchObject({ status: "retired" });
  } finally {
    await close();
  }
});

test("a restore that fails at its last step leaves no file of lost certificates", {
  timeout: 60_000,
}, async () => {
  const { config, masterKey, environment } = installation;
  const file = join(folder, "copy.gz");
  const made = await runScript("backup", ["--to", file], environment);
  expect(made).toMatchObject({ code: 0 });
  await foundAuthorities(installation, testActor("admin"), { organisation: "Example" });
  await installation.database.close();
  const newest = knownMigrations(config.database.provider, config.root).at(-1)?.name ?? "";
  const replacement = await beginReplacement(config.database, config.root, newest);
  let present: string[] = [];
  const failing: Replacement = {
    ...replacement,
    commit: async () => {
      present = lostFiles();
      throw new Error("the disk is full");
    },
  };
  await expect(replaceByBackup(config, failing, file, masterKey)).rejects.toThrow("the disk is full");
  await replacement.abandon();
  expect(present).toHaveLength(1);
  expect(lostFiles()).toEqual([]);
});
