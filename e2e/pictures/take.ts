import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { systemClock } from "../../lib/clock.ts";
import { loadConfig } from "../../lib/config.ts";
import { openDatabase } from "../../lib/database.ts";
import { loadMasterKey } from "../../lib/master-key.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE, fillDemo } from "../../lib/server/demo-data.ts";
import { prepareInstallation } from "../../lib/server/preparation.ts";
import { freshSettings, startInstance } from "../fixtures/instance.ts";

/**
 * Takes the README's pictures of the main screens, from an instance of its own with the demo's data:
 * `npm run pictures`. Narrow and as JPEG, so that the repository stays small.
 */
const FOLDER = join(process.cwd(), "e2e", "pictures");

const settings = await freshSettings();
await makeDemo();
const instance = await startInstance(settings);
const browser = await chromium.launch({
  ...(existsSync("/usr/bin/chromium") ? { executablePath: "/usr/bin/chromium" } : {}),
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 760 },
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await signIn(page);
  await take(page, "/", "home");
  await take(page, "/certificates?status=due&status=valid&sort=expires", "certificates");
  await take(page, "/certificates/new", "issue");
  await page.goto(`${instance.url}/certificates?q=payments`);
  await page.getByRole("link", { name: "payments.northwind.example" }).first().click();
  await page.waitForURL(/certificates\/[0-9a-z]{20,}/);
  await shoot(page, "certificate");
  await take(page, "/certificates/import", "import");
  await take(page, "/bundles", "bundles");
  await take(page, "/authorities", "authorities");
  await take(page, "/revocation", "revocation");
  await take(page, "/revocation/certificates", "revoked");
  await take(page, "/clients", "clients");
  await take(page, "/clients/matrix", "matrix");
  await take(page, "/clients/callers", "callers");
  await take(page, "/proxies", "proxies");
  await take(page, "/services/payments", "service");
  await take(page, "/failures", "failures");
  await page.getByRole("row").nth(1).getByRole("link").first().click();
  await page.getByRole("heading", { name: "What to do" }).waitFor();
  await shoot(page, "failure");
  await take(page, "/failures/logs", "logs");
  await take(page, "/audit", "audit");
} finally {
  await browser.close();
  await instance.stop();
  rmSync(settings.COUNTERSIGN_DATA_FOLDER ?? "", { recursive: true, force: true });
}

async function makeDemo(): Promise<void> {
  const config = loadConfig(settings, process.cwd());
  const database = openDatabase(config.database);
  const installation = { config, database, masterKey: loadMasterKey(config.masterKey), clock: systemClock };
  await prepareInstallation(installation);
  await fillDemo(installation);
  await database.close();
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${instance.url}/sign-in`);
  await page.getByLabel("E-mail address").fill(DEMO_PEOPLE[0]?.email ?? "");
  await page.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${instance.url}/`);
}

async function take(page: Page, path: string, name: string): Promise<void> {
  await page.goto(`${instance.url}${path}`);
  await shoot(page, name);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(FOLDER, `${name}.jpg`), type: "jpeg", quality: 44 });
}
