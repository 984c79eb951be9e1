import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** Debian's Chromium where there is one; elsewhere the browser that Playwright has downloaded. */
const SYSTEM_BROWSER = "/usr/bin/chromium";

/** Browser journeys; every worker runs an instance of its own (e2e/fixtures/console-test.ts). */
export default defineConfig({
  testDir: "e2e/journeys",
  testMatch: "*.spec.ts",
  globalSetup: "./e2e/fixtures/built-console.ts",
  fullyParallel: false,
  workers: 2,
  // A test that passes at the second try is a defect of the product or of the test.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Only a hang takes so long: the longest journey takes half a minute, and machines are busy.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      ...(existsSync(SYSTEM_BROWSER) ? { executablePath: SYSTEM_BROWSER } : {}),
      // Nothing may leave the machine; root has no sandbox, and there is no GPU.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
