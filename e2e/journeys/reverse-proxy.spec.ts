import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { selfSignedCredential } from "../../lib/authority/self-signed-credential.ts";
import { loadConfig } from "../../lib/config.ts";
import { setUp } from "../fixtures/console-test.ts";
import { freePort } from "../fixtures/free-port.ts";
import { isInstalled } from "../fixtures/installed.ts";
import { startInstance } from "../fixtures/instance.ts";
import { startNginxWith } from "../fixtures/nginx.ts";

/** The README's own lines, so that they are what is tried. */
function locationOfReadme(consoleUrl: string): string {
  const block =
    /```nginx\n(location \/ \{[\s\S]*?\n\})\n```/.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
  expect(block).toContain("proxy_pass http://127.0.0.1:3000;");
  return block.replace("http://127.0.0.1:3000", consoleUrl);
}

test("Behind nginx, as the README connects it, the console is set up, used and imports large files", async ({
  browser,
}) => {
  test.skip(!isInstalled("nginx"), "nginx is not installed");
  test.setTimeout(120_000);
  const port = await freePort();
  const publicUrl = `https://localhost:${port}`;
  const instance = await startInstance({
    COUNTERSIGN_PUBLIC_URL: publicUrl,
    COUNTERSIGN_TRUSTED_PROXIES: "127.0.0.1",
  });
  const config = loadConfig(instance.settings, process.cwd());
  const own = await selfSignedCredential(config, new Date());
  const consoleUrl = `http://127.0.0.1:${instance.settings.COUNTERSIGN_CONSOLE_PORT}`;
  const nginx = await startNginxWith(
    { fullchain: own.cert, key: own.key },
    () => locationOfReadme(consoleUrl),
    { port },
  );
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    expect(instance.setupLink).toContain(publicUrl);
    await setUp(page, instance.setupLink ?? "");
    // The browser was told that what it speaks is https.
    const cookies = await context.cookies();
    expect(cookies.length).toBeGreaterThan(0);
    expect(cookies.every(({ secure }) => secure)).toBe(true);

    await page.goto(`${publicUrl}/certificates/import`);
    const padded = `${"x".repeat(79)}\n`.repeat(100_000);
    await page.getByLabel("Choose files").setInputFiles({
      name: "large.pem",
      mimeType: "application/x-pem-file",
      buffer: Buffer.from(own.cert + padded),
    });
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await expect(page.getByRole("heading", { name: "large.pem" })).toBeVisible({ timeout: 30_000 });
  } finally {
    await nginx.stop();
    await instance.stop();
  }
});
