import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

/** The bootstrap's steps, with a step that only counts how often it was done. */

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "countersign-bootstrap-"));
  mkdirSync(join(root, "source"));
  writeFileSync(join(root, "source/a.ts"), "one");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const timesDone = () =>
  existsSync(join(root, "done")) ? readFileSync(join(root, "done"), "utf8").length : 0;

/** A process that does the counting step, which takes some time; it may be killed in the middle. */
function bootstrap(durationMs = 0): ChildProcess {
  const program = `
    import { appendFileSync, existsSync } from "node:fs";
    import { doSteps } from ${JSON.stringify(resolve("lib/server/bootstrap-steps.mjs"))};
    import { fingerprintOf } from ${JSON.stringify(resolve("lib/server/bootstrap-fingerprint.mjs"))};
    const root = ${JSON.stringify(root)};
    await doSteps(root, [{
      title: "Counting",
      stamp: root + "/.countersign-counting.json",
      fingerprint: () => fingerprintOf(root, ["source"]),
      complete: () => existsSync(root + "/done"),
      run: async () => {
        appendFileSync(root + "/done", "x");
        await new Promise((resolve) => setTimeout(resolve, ${durationMs}));
      },
    }]);`;
  return spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function ended(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  await once(child, "close");
  expect(child.exitCode).toBe(0);
  return output;
}

test("a step is done again only when what it depends on has changed", async () => {
  expect(await ended(bootstrap())).toContain("Counting…");
  expect(await ended(bootstrap())).toBe("");
  expect(timesDone()).toBe(1);

  writeFileSync(join(root, "source/a.ts"), "two");
  await ended(bootstrap());
  expect(timesDone()).toBe(2);

  writeFileSync(join(root, "source/a.test.ts"), "tests are not built");
  await ended(bootstrap());
  expect(timesDone()).toBe(2);
});

test("a step whose results were removed is done again", async () => {
  await ended(bootstrap());
  rmSync(join(root, "done"));
  await ended(bootstrap());
  expect(timesDone()).toBe(1);
});

test("a step that was killed half-way is done again, and its lock is no obstacle", async () => {
  const killed = bootstrap(60_000);
  await expect.poll(timesDone).toBe(1);
  killed.kill("SIGKILL");
  await once(killed, "close");

  await ended(bootstrap());
  expect(timesDone()).toBe(2);
});

test("of several that begin at once one does the step, and the others wait for it", async () => {
  const outputs = await Promise.all([1, 2, 3].map(() => ended(bootstrap(1_500))));
  expect(timesDone()).toBe(1);
  expect(outputs.filter((output) => output.includes("waiting for it"))).toHaveLength(2);
});

test("of many that find the lock of a killed one, one at a time has it", async () => {
  const killed = bootstrap(60_000);
  await expect.poll(timesDone).toBe(1);
  killed.kill("SIGKILL");
  await once(killed, "close");

  await Promise.all(Array.from({ length: 12 }, () => ended(bootstrap(20))));
  expect(timesDone()).toBe(2);
  expect(readdirSync(join(root, "node_modules")).filter((name) => /lock/.test(name))).toEqual([]);
});
