import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { isInstalled } from "../fixtures/installed.ts";
import { type Tally, tallyOfCheck, tallyOfPlaywright, tallyOfVitest } from "./tally.ts";

/** One part of `npm test`. */
export interface Step {
  title: string;
  /**
   * Run one after another until one fails; each begins with a program of node_modules.
   *
   * @param report where the JSON reporter writes
   */
  commands(report: string): string[][];
  minutes: number;
  /** Why it cannot run here; undefined when it can. */
  hindrance?: () => string | undefined;
  tally(report: string, exitCode: number): Tally;
}

/** Several times what they take on two cores: a limit for what hangs, and no test of the machine. */
const minutesOfProjects = { unit: 12, sqlite: 20, postgresql: 25, interop: 25, start: 12 };

function vitestStep(project: keyof typeof minutesOfProjects, title: string): Step {
  return {
    title,
    commands: (report) => [
      [
        "vitest/vitest.mjs",
        "run",
        "--project",
        project,
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
      ],
    ],
    minutes: minutesOfProjects[project],
    tally: (report, exitCode) => tallyOfVitest(project, report, exitCode),
  };
}

const LINT: Step = {
  title: "Lint, format and import walls",
  commands: () => [["@biomejs/biome/bin/biome", "check", "--error-on-warnings"]],
  minutes: 3,
  tally: (_report, exitCode) => tallyOfCheck("biome check", exitCode),
};

const TYPES: Step = {
  title: "Types",
  // The first writes the types of the console's routes, which a fresh clone lacks.
  commands: () => [
    ["next/dist/bin/next", "typegen"],
    ["typescript/bin/tsc", "--noEmit", "-p", "."],
  ],
  minutes: 5,
  tally: (_report, exitCode) => tallyOfCheck("types", exitCode),
};

const UNIT = vitestStep("unit", "Unit tests");
const SQLITE = vitestStep("sqlite", "Tests on SQLite");
const POSTGRESQL: Step = {
  ...vitestStep("postgresql", "The same tests on PostgreSQL"),
  hindrance: () => (isInstalled("postgresql") ? undefined : "PostgreSQL is not installed"),
};
const INTEROP = vitestStep("interop", "Real tools and proxies");
const START = vitestStep("start", "Start and end of the processes");

const JOURNEYS: Step = {
  title: "Browser journeys",
  commands: () => [["@playwright/test/cli.js", "test", "--reporter=list,json"]],
  minutes: 40,
  hindrance: () =>
    existsSync("/usr/bin/chromium") || existsSync(chromium.executablePath())
      ? undefined
      : "there is no browser (apt-get install chromium, or npx playwright install chromium)",
  tally: (report, exitCode) => tallyOfPlaywright("journeys", report, exitCode),
};

/** What `npm test` runs, in order: what fails fast comes first. */
export const ALL_STEPS = [LINT, TYPES, UNIT, SQLITE, POSTGRESQL, INTEROP, START, JOURNEYS];

/** What has a larger size in `npm run soak`. */
export const SOAK_STEPS = [UNIT, SQLITE, POSTGRESQL, INTEROP];

/** @returns the file to run with Node, and its parameters */
export function resolved([script = "", ...parameters]: string[]): string[] {
  return [join("node_modules", script), ...parameters];
}
