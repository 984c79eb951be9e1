import { randomInt } from "node:crypto";
import { join } from "node:path";
import { provideTools } from "./runner/debian-packages.ts";
import { endRunning, runProgram } from "./runner/run-program.ts";
import { makeScratchFolder } from "./runner/scratch-folder.ts";
import { ALL_STEPS, resolved, SOAK_STEPS, type Step } from "./runner/steps.ts";
import type { Tally } from "./runner/tally.ts";

/**
 * `npm test`: everything, one step after another; a step that fails does not hide the others. The
 * last line is the sum. `npm run soak` runs the tests that have a larger size, without hurry.
 */

const MINUTE_MS = 60_000;
/** All steps together: some 30 on two cores, and a build machine gives up after 90. */
const ALTOGETHER_MS = 85 * MINUTE_MS;
const SOAK_FACTOR = 40;

const onBuildMachine = process.env.CI === "true";
const isSoak = process.env.COUNTERSIGN_SOAK === "1";
const seed = process.env.COUNTERSIGN_SEED ?? String(randomInt(2 ** 31));

let stopped = false;
const stop = () => {
  stopped = true;
  endRunning();
};
process.on("SIGINT", stop).on("SIGTERM", stop).on("disconnect", stop);

const began = Date.now();
const scratch = makeScratchFolder();
const sum = { passed: 0, failures: [] as string[], skips: [] as string[] };
try {
  say(`Seed of everything random: ${seed} (COUNTERSIGN_SEED=${seed} repeats it)`);
  if (!isSoak && !provideTools()) sum.failures.push("installing Debian's packages failed");
  for (const [index, step] of (isSoak ? SOAK_STEPS : ALL_STEPS).entries()) {
    if (stopped) break;
    add(step, await runStep(step, join(scratch.path, `report-${index}.json`)));
  }
  if (stopped) sum.failures.push("the run was interrupted");
} finally {
  scratch.remove();
}
report();
process.exit(sum.failures.length === 0 ? 0 : 1);

async function runStep(step: Step, reportFile: string): Promise<Tally> {
  say(`\n── ${step.title} ${"─".repeat(Math.max(3, 90 - step.title.length))}`);
  const hindrance = step.hindrance?.();
  if (hindrance !== undefined)
    return { passed: 0, skipped: 1, failures: [], skips: [`${step.title}: ${hindrance}`] };
  const stepBegan = Date.now();
  const left = isSoak ? Number.POSITIVE_INFINITY : ALTOGETHER_MS - (stepBegan - began);
  const timeoutMs = Math.max(1_000, Math.min(left, step.minutes * MINUTE_MS * (isSoak ? SOAK_FACTOR : 1)));
  let exitCode = 0;
  for (const command of step.commands(reportFile)) {
    if (exitCode !== 0) break;
    const environment = {
      TMPDIR: scratch.path,
      COUNTERSIGN_SEED: seed,
      PLAYWRIGHT_JSON_OUTPUT_NAME: reportFile,
    };
    exitCode = await runProgram(process.execPath, resolved(command), { timeoutMs, environment });
  }
  say(`── ${Math.round((Date.now() - stepBegan) / 1000)} s`);
  return step.tally(reportFile, exitCode);
}

function add(step: Step, tally: Tally): void {
  sum.passed += tally.passed;
  sum.failures.push(...tally.failures);
  sum.skips.push(...tally.skips);
  // On a build machine everything is installed: whatever is skipped there is never tested.
  if (onBuildMachine) sum.failures.push(...tally.skips.map((skip) => `skipped, ${skip}`));
  say(`── ${step.title}: ${tally.passed} passed, ${tally.failures.length} failed, ${tally.skipped} skipped`);
}

function report(): void {
  say(`\nTook ${Math.round((Date.now() - began) / 1000)} s`);
  if (sum.skips.length > 0)
    say(`${sum.skips.length} skipped:\n${sum.skips.map((line) => `  ${line}`).join("\n")}`);
  if (sum.failures.length > 0) say(`Failed:\n${sum.failures.map((line) => `  ${line}`).join("\n")}`);
  say(`${sum.passed} passed, ${sum.failures.length} failed`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
