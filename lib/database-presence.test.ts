import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { announcePresence, demandAbsence } from "#lib/database-presence.ts";

test("an instance is known to be there also when nobody keeps what it was given", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-presence-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const target = { provider: "sqlite" as const, file: join(folder, "some.sqlite") };
  await announcePresence(target);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await sleep(20);
  }
  const release = await demandAbsence(target);
  await release?.();
  expect(release).toBeNull();
});
