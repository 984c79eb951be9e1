import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { announcePresence } from "#lib/database-presence.ts";
import { removeDemo } from "#lib/server/demo-removal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-demo-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MADE = ["complete", "countersign.env", "countersign.sqlite", "countersign.sqlite-wal", "master.key"];

test("a demo is removed when nobody runs it, and what is somebody's own stays", async () => {
  for (const name of [...MADE, "notes.txt"]) writeFileSync(join(folder, name), name);
  await removeDemo(folder);
  expect(readdirSync(folder).filter((name) => !name.includes(".running"))).toEqual(["notes.txt"]);
  await removeDemo(join(folder, "not there"));
});

test("a running demo is left alone, with its database and its key", async () => {
  for (const name of MADE) writeFileSync(join(folder, name), name);
  const leave = await announcePresence({ provider: "sqlite", file: join(folder, "countersign.sqlite") });
  await expect(removeDemo(folder)).rejects.toThrow("A demo is running in the folder demo: stop it first.");
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(MADE));
  await leave();
  await removeDemo(folder);
  expect(readdirSync(folder).filter((name) => MADE.includes(name))).toEqual([]);
});
