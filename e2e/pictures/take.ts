import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { issueWithKeyMadeHere } from "../../lib/authority/issue.ts";
import { inlineIssuer } from "../../lib/authority/issuer.ts";
import type { UserActor } from "../../lib/authorization/actor.ts";
import { systemClock } from "../../lib/clock.ts";
import { loadConfig } from "../../lib/config.ts";
import { openDatabase } from "../../lib/database.ts";
import { loadMasterKey } from "../../lib/master-key.ts";
import { setUp } from "../fixtures/console-test.ts";
import { startInstance } from "../fixtures/instance.ts";

/**
 * Takes the README's pictures of the main screens, from an instance of its own with some
 * certificates: `npm run pictures`. Narrow and as JPEG, so that the repository stays small.
 */
const ADA: UserActor = { kind: "user", id: "ada", name: "ada@example.test", role: "admin" };
const FOLDER = join(process.cwd(), "e2e", "pictures");

const instance = await startInstance({ COUNTERSIGN_MASTER_KEY: randomBytes(32).toString("base64") });
const browser = await chromium.launch({
  ...(existsSync("/usr/bin/chromium") ? { executablePath: "/usr/bin/chromium" } : {}),
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const context = await browser.newContext({
    viewport: { width: 1120, height: 700 },
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await setUp(page, instance.setupLink ?? "");
  await issueSome(instance.settings);

  await take(page, "/", "home");
  await take(page, "/certificates", "certificates");
  await take(page, "/certificates/new", "issue");
  await page.goto(`${instance.url}/certificates`);
  await page.getByRole("link", { name: "api.example.com" }).first().click();
  await page.waitForURL(/certificates\/[0-9a-z]{20,}/);
  await shoot(page, "certificate");
  await take(page, "/authorities", "authorities");
  await take(page, "/audit", "audit");
} finally {
  await browser.close();
  await instance.stop();
}

async function take(page: Page, path: string, name: string): Promise<void> {
  await page.goto(`${instance.url}${path}`);
  await shoot(page, name);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(FOLDER, `${name}.jpg`), type: "jpeg", quality: 62 });
}

/** Certificates as a small organisation has them, made through the domain functions. */
async function issueSome(settings: Record<string, string>): Promise<void> {
  const config = loadConfig(settings, process.cwd());
  const installation = {
    config,
    database: openDatabase(config.database),
    masterKey: loadMasterKey(config.masterKey),
    clock: systemClock,
  };
  const issuer = inlineIssuer(installation);
  const names: [profile: string, name: string, days: number][] = [
    ["server", "api.example.com", 90],
    ["server", "payments.example.com", 90],
    ["server", "old.example.com", 1],
    ["client", "billing-worker", 90],
    ["client", "reporting", 30],
    ["both", "orders.example.com", 90],
    ["short-lived-client", "deploy-runner", 1],
  ];
  for (const [profile, name, days] of names) {
    await issueWithKeyMadeHere(issuer, ADA, {
      profile,
      keyAlgorithm: "ecdsa-p256",
      subject: [[{ type: "2.5.4.3", value: name }]],
      names: name.includes(".")
        ? [{ type: "dns", value: name }]
        : [{ type: "uri", value: `spiffe://example.com/${name}` }],
      lifetimeSeconds: days * 86_400,
    });
  }
  await issuer.close();
  await installation.database.close();
}
