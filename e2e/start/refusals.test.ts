import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../fixtures/free-port.ts";
import { isInstalled } from "../fixtures/installed.ts";
import { failToStart, freshSettings, startInstance } from "../fixtures/instance.ts";
import { type Cluster, startCluster } from "../fixtures/postgresql-cluster.ts";

/** What stands in the way of a start is said in one sentence, which names the setting to change. */

const EXIT_CONFIG = 78;
const protocolOnly = { COUNTERSIGN_PLANES: "protocol" };

const folders: string[] = [];
async function ownSettings(): Promise<Record<string, string>> {
  const settings: Record<string, string> = { ...(await freshSettings()), ...protocolOnly };
  folders.push(settings.COUNTERSIGN_DATA_FOLDER ?? "");
  return settings;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function refusalOf(settings: Record<string, string>): Promise<string> {
  const { code, output } = await failToStart({ ...(await ownSettings()), ...settings });
  expect(output).not.toMatch(/^\s+at /m);
  expect(output.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(EXIT_CONFIG);
  return output;
}

test("a port that is taken: which port, by whom, and which setting", async () => {
  const squatter = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => squatter.listen(port, "127.0.0.1", resolve));
  try {
    const refusal = await refusalOf({ COUNTERSIGN_HTTPS_PORT: String(port) });
    expect(refusal).toContain(`Port ${port} is taken by process ${process.pid}`);
    expect(refusal).toContain("COUNTERSIGN_HTTPS_PORT");
  } finally {
    await new Promise((resolve) => squatter.close(resolve));
  }
});

test("an address that is not this machine's", async () => {
  // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
  expect(await refusalOf({ COUNTERSIGN_PROTOCOL_ADDRESS: "192.0.2.1" })).toContain(
    "COUNTERSIGN_PROTOCOL_ADDRESS",
  );
});

test("a data folder that cannot be written", async () => {
  const settings = await ownSettings();
  // A file in its place: not even root can write below it.
  const file = join(settings.COUNTERSIGN_DATA_FOLDER ?? "", "a-file");
  writeFileSync(file, "");
  const refusal = await refusalOf({ COUNTERSIGN_DATA_FOLDER: join(file, "data") });
  expect(refusal).toContain("cannot write to the data folder");
  expect(refusal).toContain("COUNTERSIGN_DATA_FOLDER");
});

test("a SQLite file that is something else", async () => {
  const settings = await ownSettings();
  const file = join(settings.COUNTERSIGN_DATA_FOLDER ?? "", "notes.txt");
  writeFileSync(file, "this is not a database".repeat(100));
  expect(await refusalOf({ DATABASE_URL: `file:${file}` })).toContain("file is not a database");
});

test.each(["mysql://localhost/x", "postgresql://[", "nonsense"])(
  "a DATABASE_URL that is none: %s",
  async (url) => {
    expect(await refusalOf({ DATABASE_URL: url })).toContain("DATABASE_URL");
  },
);

test("a PostgreSQL that is not there", async () => {
  const refusal = await refusalOf({
    DATABASE_URL: `postgresql://me@127.0.0.1:${await freePort()}/countersign`,
  });
  expect(refusal).toContain("DATABASE_URL");
  expect(refusal).toContain("cannot be reached");
});

test("a setting that does not exist", async () => {
  expect(await refusalOf({ COUNTERSIGN_CONSOEL_PORT: "3000" })).toContain(
    "no setting COUNTERSIGN_CONSOEL_PORT",
  );
});

test("a master key that is not the one of this database", async () => {
  const settings = await ownSettings();
  const first = await startInstance(settings);
  process.kill(first.pid, "SIGTERM");
  await expect.poll(() => isRunning(first.pid)).toBe(false);
  const refusal = await refusalOf({
    ...settings,
    COUNTERSIGN_MASTER_KEY: randomBytes(32).toString("base64"),
  });
  expect(refusal).toContain("master key is not the one");
});

test("a database that is newer than this code", async () => {
  const settings = await ownSettings();
  const first = await startInstance(settings);
  process.kill(first.pid, "SIGTERM");
  await expect.poll(() => isRunning(first.pid)).toBe(false);
  const file = new Sqlite(join(settings.COUNTERSIGN_DATA_FOLDER ?? "", "countersign.sqlite"));
  file
    .prepare(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ('x', '', '9999_from_the_future', 1, 1)",
    )
    .run();
  file.close();
  const refusal = await refusalOf(settings);
  expect(refusal).toContain("newer than this version");
  expect(refusal).toContain("9999_from_the_future");
});

describe.skipIf(!isInstalled("postgresql"))("with a PostgreSQL", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.stop());

  test("that does not let this user in", async () => {
    const url = new URL(cluster.adminUrl);
    url.username = "nobody-of-that-name";
    expect(await refusalOf({ DATABASE_URL: url.href })).toContain(
      'role "nobody-of-that-name" does not exist',
    );
  });

  test("that lacks this database", async () => {
    const url = new URL(cluster.adminUrl);
    url.pathname = "/no-such-database";
    expect(await refusalOf({ DATABASE_URL: url.href })).toContain(
      'database "no-such-database" does not exist',
    );
  });

  test("but no master key named", async () => {
    const settings = { DATABASE_URL: cluster.adminUrl, COUNTERSIGN_MASTER_KEY: "" };
    expect(await refusalOf(settings)).toContain("COUNTERSIGN_MASTER_KEY");
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
