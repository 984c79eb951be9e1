import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runScript } from "#e2e/fixtures/command.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { knownMigrations } from "#lib/database-migrations.ts";
import { beginReplacement, type Replacement } from "#lib/database-replacement.ts";
import { replaceByBackup } from "#lib/server/restore-replacing.ts";

let installation: TestInstallation;
let folder: string;
beforeEach(async () => {
  installation = await testInstallation();
  folder = installation.config.dataFolder;
});
afterEach(() => installation.close());

const lostFiles = () => readdirSync(folder).filter((name) => name.startsWith("lost-by-restore"));

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
