import { defineConfig } from "vitest/config";

/**
 * Four projects: pure tests, the tests that need a database (once on each), and the tests against
 * real tools and proxies. Browser journeys are Playwright's (playwright.config.ts).
 */
const common = { testTimeout: 30_000, hookTimeout: 120_000, pool: "forks" as const };
const databaseTests = ["lib/**/*.database.test.ts", "e2e/crash/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          include: ["lib/**/*.test.ts", "components/**/*.test.ts", "e2e/fixtures/*.test.ts"],
          exclude: ["**/*.database.test.ts", "node_modules/**"],
        },
      },
      {
        test: {
          ...common,
          name: "sqlite",
          include: databaseTests,
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
          testTimeout: 120_000,
        },
      },
    ],
  },
});
