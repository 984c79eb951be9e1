import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { announcePresence, demandAbsence, type Release } from "#lib/database-presence.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-second-"));
  file = join(folder, "countersign.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kept = () => readdirSync(folder).filter((name) => name.includes(".before-restore-"));

test.each<[string, (target: { provider: "sqlite"; file: string }) => Promise<Release | null>]>([
  ["a start", announcePresence],
  ["the next restore", demandAbsence],
])(
  "%s removes the second name that a killed restore left, and no database that was kept",
  async (_, take) => {
    writeFileSync(file, "present");
    writeFileSync(`${file}.before-restore-2026-11-22T00-00-00`, "older");
    linkSync(file, `${file}.before-restore-2026-11-23T00-00-00`);
    const release = await take({ provider: "sqlite", file });
    expect(kept()).toEqual(["countersign.sqlite.before-restore-2026-11-22T00-00-00"]);
    expect(readFileSync(file, "utf8")).toBe("present");
    await release?.();
  },
);

test("where there is no database, nothing is removed", async () => {
  writeFileSync(`${file}.before-restore-2026-11-22T00-00-00`, "older");
  const release = await announcePresence({ provider: "sqlite", file });
  expect(kept()).toHaveLength(1);
  await release();
});
