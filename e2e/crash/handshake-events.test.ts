import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { CRASHES, SEED } from "#e2e/fixtures/sizes.ts";
import { pause, seededRandom } from "./burst.ts";

/** About as long as a few batches take. */
const MOMENT_MS = 60;

let installation: TestInstallation;
beforeEach(async () => {
  installation = await testInstallation();
});
afterEach(() => installation.close());

/** @returns the last batch that was acknowledged before the process was killed */
async function killAtWork(from: number, after: number): Promise<number> {
  const worker = spawn(process.execPath, ["e2e/crash/event-worker.ts", String(from)], {
    env: { ...process.env, ...installation.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  worker.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(worker, "close");
  await Promise.race([once(worker.stdout, "data"), ended]);
  await pause(after);
  worker.kill("SIGKILL");
  const [, signal] = await ended;
  expect(signal).toBe("SIGKILL");
  return Number(said.slice(0, said.lastIndexOf("\n")).split("\n").at(-1));
}

test(`whoever is killed ${CRASHES} times while storing has every acknowledged event, and each once`, {
  timeout: 60_000 + CRASHES * 30_000,
}, async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const random = seededRandom(SEED);
  const { read } = installation.database;
  let acknowledged = -1;
  for (let crash = 0; crash < CRASHES; crash++) {
    // A sender sends the last ones again, since it cannot know whether they came to be stored.
    acknowledged = await killAtWork(Math.max(0, acknowledged - 3), random() * MOMENT_MS);
    const batches = (await read.ingestBatch.findMany()).map(({ batchId }) => Number(batchId));
    const numbers = batches.toSorted((a, b) => a - b);
    // All that was acknowledged, without a gap, and at most the one that was under way.
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, number) => number));
    expect(numbers.length - 1 - acknowledged).toBeGreaterThanOrEqual(0);
    const sent = numbers.reduce((sum, number) => sum + 1 + (number % 50), 0);
    const sum = (rows: readonly { count: number }[]) => rows.reduce((total, { count }) => total + count, 0);
    expect(await read.handshakeEvent.count()).toBe(sent);
    expect(sum(await read.failure.findMany())).toBe(sent);
    expect(sum(await read.failureHour.findMany())).toBe(sent);
    expect(sum(await read.failureDay.findMany())).toBe(sent);
    expect(Number((await read.eventStock.findUnique({ where: { id: 1 } }))?.events)).toBe(sent);
  }
});
