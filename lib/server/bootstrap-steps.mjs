/**
 * What has to be done before the server or the tests can run: install, generate, build. Each step
 * is skipped when nothing that it depends on has changed since it last ended well.
 */
import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fingerprintOf, readStamp, removeStamp, writeStamp } from "./bootstrap-fingerprint.mjs";
import { takeLock } from "./bootstrap-lock.mjs";
import { writePostgresqlSchema } from "./derive-schema.mjs";

/** Nothing calls out but npm to its registry. */
const QUIET = {
  // Any existing program will do: only the schema engine that Prisma would download is named by it.
  PRISMA_SCHEMA_ENGINE_BINARY: existsSync("/bin/sh") ? "/bin/sh" : process.execPath,
  CHECKPOINT_DISABLE: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
};

/** A step that failed: one sentence, and where its output is. */
export class StepError extends Error {
  /** @param {string} sentence @param {string} log absolute path */
  constructor(sentence, log) {
    super(sentence);
    this.log = log;
  }
}

/**
 * @typedef {object} Step
 * @property {string} title as shown, "Installing packages"
 * @property {string} stamp absolute path
 * @property {() => string} fingerprint of everything it depends on
 * @property {() => boolean} complete whether its results are still there
 * @property {(log: string) => Promise<void>} run
 */

/**
 * @param {string} root absolute path of the project
 * @returns {{ install: Step, generate: Step, build: Step }}
 */
export function stepsOf(root) {
  const modules = join(root, "node_modules");
  const node = pinnedNode(root);
  const read = (file) => readFileSync(join(root, file), "utf8");
  const packages = () => {
    const { dependencies, devDependencies, overrides, allowScripts } = JSON.parse(read("package.json"));
    return { dependencies, devDependencies, overrides, allowScripts };
  };
  const install = {
    title: "Installing packages",
    stamp: join(modules, ".countersign-install.json"),
    fingerprint: () => fingerprintOf(root, [], JSON.stringify([packages(), process.platform, process.arch])),
    complete: () => {
      const { dependencies, devDependencies } = packages();
      const names = Object.keys({ ...dependencies, ...devDependencies });
      return existsSync(node) && names.every((name) => existsSync(join(modules, name, "package.json")));
    },
    run: (log) => run("npm", ["install", "--no-save", "--no-audit", "--no-fund"], root, log, systemPath()),
  };
  const generate = {
    title: "Generating the database client",
    stamp: join(modules, ".countersign-generate.json"),
    fingerprint: () =>
      fingerprintOf(
        root,
        ["prisma/schema.prisma", "lib/server/derive-schema.mjs", "node_modules/prisma/package.json"],
        "1",
      ),
    complete: () =>
      ["postgresql.prisma", "generated/sqlite/client.ts", "generated/postgresql/client.ts"].every((file) =>
        existsSync(join(root, "prisma", file)),
      ),
    run: async (log) => {
      writePostgresqlSchema(root);
      for (const schema of ["schema", "postgresql"]) {
        const prisma = join(modules, "prisma/build/index.js");
        await run(node, [prisma, "generate", "--schema", `prisma/${schema}.prisma`], root, log);
      }
    },
  };
  const sources = () => fingerprintOf(root, SOURCES_OF_THE_CONSOLE, JSON.stringify(packages()));
  const build = {
    title: "Building the console",
    stamp: join(root, ".next/countersign-build.json"),
    fingerprint: () => fingerprintOf(root, [], sources() + install.fingerprint()),
    complete: () => existsSync(join(root, ".next/BUILD_ID")),
    run: (log) => {
      const fingerprint = sources();
      return run(node, [join(modules, "next/dist/bin/next"), "build"], root, log, {
        // Instances that were built apart from the same sources must know each other's pages and
        // actions. This key is only the salt of the actions' ids; console.ts sets a secret one.
        COUNTERSIGN_BUILD_ID: fingerprint.slice(0, 20),
        NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.from(fingerprint, "hex").toString("base64"),
      });
    },
  };
  return { install, generate, build };
}

const SOURCES_OF_THE_CONSOLE = [
  "app",
  "components",
  "lib",
  "prisma/schema.prisma",
  "public",
  "proxy.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "instrumentation.ts",
  "instrumentation-client.ts",
  "package.json",
  "tsconfig.json",
];

/** The Node that package.json pins; never the one that runs this file. */
export function pinnedNode(root) {
  return join(root, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node");
}

/**
 * Does what is not done, in order.
 *
 * @param {string} root absolute path of the project
 * @param {Step[]} steps
 * @throws StepError
 */
export async function doSteps(root, steps) {
  const due = (step) => !step.complete() || readStamp(step.stamp) !== step.fingerprint();
  if (!steps.some(due)) return;
  const giveBack = await takeLock(join(root, "node_modules/.countersign-lock"), (pid) =>
    say(`Another process (${pid}) is installing or building in this folder; waiting for it…\n`),
  );
  try {
    for (const step of steps) if (due(step)) await doStep(root, step);
  } finally {
    giveBack();
  }
}

async function doStep(root, step) {
  const began = Date.now();
  const log = join(
    root,
    "node_modules",
    step.stamp.replace(/^.*countersign-(.*)\.json$/, ".countersign-$1.log"),
  );
  // Taken before the work: a file changed meanwhile makes the step due again.
  const fingerprint = step.fingerprint();
  removeStamp(step.stamp);
  say(`${step.title}… `);
  try {
    await step.run(log);
  } catch (error) {
    say("failed\n");
    throw new StepError(`${step.title} failed: ${error.message}`, log);
  }
  writeStamp(step.stamp, fingerprint);
  say(`(${Math.round((Date.now() - began) / 1000)} s)\n`);
}

/** Without the folders that npm put in front, whose node is being replaced. */
function systemPath() {
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !/node_modules|node-gyp-bin/.test(folder));
  return { PATH: path.join(delimiter) };
}

function run(program, parameters, root, log, environment = {}) {
  mkdirSync(dirname(log), { recursive: true });
  const output = createWriteStream(log);
  const env = { ...process.env, ...QUIET, ...environment, NODE_ENV: undefined };
  const child = spawn(program, parameters, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let tail = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output.write(chunk);
      tail = (tail + chunk).slice(-4000);
    });
  }
  const stop = (signal) => child.kill(signal);
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      output.end();
      if (code === 0) return resolve();
      reject(new Error(signal === null ? reasonIn(tail) : `it was stopped by ${signal}.`));
    });
  });
}

/** The first line that looks like the cause. */
function reasonIn(tail) {
  const lines = tail.split("\n").filter((line) => line.trim() !== "");
  const line =
    lines.find((text) => /error|cannot|failed|not found/i.test(text)) ?? lines.at(-1) ?? "no output";
  return line.replace(/^npm (ERR!|error)\s*/, "").trim();
}

function say(text) {
  process.stdout.write(text);
}
