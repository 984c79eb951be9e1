import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * Five projects: pure tests, the tests that need a database (once on each), the tests against real
 * tools and proxies, and those of the processes as they are started. Browser journeys are
 * Playwright's (playwright.config.ts).
 */
const isSoak = process.env.COUNTERSIGN_SOAK === "1";
const common = {
  // At full size (npm run soak) a single test may take hours.
  testTimeout: isSoak ? 4 * 3_600_000 : 30_000,
  // Most of them wait for databases and proxies, so that two cores have work for two; at full size what is promised is
  // asserted, which holds where nothing else runs.
  maxWorkers: isSoak ? 1 : Math.max(2, availableParallelism() - 1),
  hookTimeout: 120_000,
  pool: "forks" as const,
  // As the planes run: lib/server/plane.ts says why.
  execArgv: ["--no-wasm-code-gc"],
};
const databaseTests = ["lib/**/*.database.test.ts", "e2e/crash/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          include: ["lib/**/*.test.ts", "components/**/*.test.ts", "e2e/runner/*.test.ts"],
          exclude: ["**/*.database.test.ts", "node_modules/**"],
        },
      },
      {
        test: {
          ...common,
          name: "sqlite",
          include: databaseTests,
          // What a database in another process and behind a network does.
          exclude: ["**/*.postgresql.test.ts", "node_modules/**"],
          globalSetup: ["e2e/fixtures/sqlite-template.ts"],
        },
      },
      {
        test: {
          ...common,
          name: "postgresql",
          include: databaseTests,
          globalSetup: ["e2e/fixtures/postgresql-cluster.ts"],
        },
      },
      {
        test: {
          ...common,
          name: "interop",
          include: ["e2e/interop/*.test.ts"],
          globalSetup: ["e2e/fixtures/sqlite-template.ts"],
          // Only a hang takes so long: beside much else each start of a program takes a second.
          testTimeout: Math.max(common.testTimeout, 300_000),
        },
      },
      {
        test: {
          ...common,
          name: "start",
          include: ["e2e/start/*.test.ts"],
          globalSetup: ["e2e/fixtures/built-console.ts"],
          testTimeout: 60_000,
          // The time of a start is measured: nothing else may run beside it.
          maxWorkers: 1,
        },
      },
    ],
  },
});
