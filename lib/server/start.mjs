/**
 * `npm start`, `npm test` and every `npm run …` begin here, on whatever Node (≥ 20)
 * the machine has and before anything is installed: plain JavaScript and `node:` modules only. It
 * brings the folder up to date and hands over to the pinned Node.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { doSteps, pinnedNode, StepError, stepsOf } from "./bootstrap-steps.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { install, generate, build } = stepsOf(root);

/** What each command needs and runs; the tests build for themselves, so that a broken build hides no test. */
const COMMANDS = {
  start: {
    steps: [install, generate, build],
    script: "lib/server/main.ts",
    // What was compiled last time is taken from here: a third of the time of a second start.
    environment: { NODE_COMPILE_CACHE: join(root, "node_modules/.countersign-compiled") },
  },
  test: { steps: [install, generate], script: "e2e/everything.ts" },
  soak: { steps: [install, generate], script: "e2e/everything.ts", environment: { COUNTERSIGN_SOAK: "1" } },
  bench: { steps: [install, generate, build], script: "bench/run.ts" },
  demo: {
    steps: [install, generate, build],
    script: "lib/server/demo.ts",
    // Of its own, whatever the user has set for the real one.
    environment: { ...withoutSettings(), COUNTERSIGN_SETTINGS_FILE: join(root, "demo/countersign.env") },
  },
  backup: { steps: [install, generate], script: "lib/server/backup.ts" },
  restore: { steps: [install, generate], script: "lib/server/restore.ts" },
  pictures: { steps: [install, generate, build], script: "e2e/pictures/take.ts" },
  /** Only brings the folder up to date. */
  prepare: { steps: [install, generate, build], script: undefined },
};

const [name = "start", ...parameters] = process.argv.slice(2);
const command = COMMANDS[name];

if (Number(process.versions.node.split(".")[0]) < 20) {
  fail(`Countersign needs Node 20 or newer; this is ${process.version}.`);
} else if (command === undefined) {
  fail(`There is no command ${name}: use one of ${Object.keys(COMMANDS).join(", ")}.`);
} else {
  try {
    await doSteps(root, command.steps);
    if (command.script !== undefined) handOver(command.script, command.environment);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    fail(`${error.message}\nThe whole output is in ${error.log}`);
    // Nobody can look into the file afterwards on a build machine.
    if (process.env.CI) process.stderr.write(readFileSync(error.log, "utf8"));
  }
}

/** Runs a script on the pinned Node as if it were this process: same output, signals and end. */
function handOver(script, environment) {
  const bin = join(root, "node_modules/.bin");
  const child = spawn(pinnedNode(root), [join(root, script), ...parameters], {
    cwd: root,
    // The fourth is a line by which the child notices that this process was killed.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      ...process.env,
      ...environment,
      COUNTERSIGN_ROOT: root,
      PATH: `${bin}:${process.env.PATH ?? ""}`,
      NEXT_TELEMETRY_DISABLED: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) =>
    fail(`Node could not be started from ${pinnedNode(root)}: ${error.message}.`),
  );
  child.once("exit", (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

/** Takes the user's settings away from a child's environment. */
function withoutSettings() {
  const names = Object.keys(process.env).filter((name) => /^(COUNTERSIGN_|DATABASE_URL$)/.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
