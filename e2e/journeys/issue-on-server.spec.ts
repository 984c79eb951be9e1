import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-server-key-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const downloading = async (page: Page, button: string) => {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
};
const issueOnServer = async (page: Page, name: string) => {
  await page.goto("/certificates/new");
  await page.getByRole("radio", { name: "On this server" }).check();
  await page.getByLabel("Name 1", { exact: true }).fill(name);
};

test("a key made on the server comes once, encrypted, in an answer that nobody may keep", async ({
  page,
}) => {
  await issueOnServer(page, "box.example.test");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show the password" }).click();
  const password = await page.getByLabel("Password of the file").inputValue();
  expect(password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){4}$/);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST"),
    page.getByRole("button", { name: "Make the key and issue" }).click(),
  ]);
  expect(answer.headers()["cache-control"]).toContain("no-store");

  const dialog = page.getByRole("dialog", { name: "Save the key of box.example.test" });
  await expect(dialog).toContainText("forgotten there");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Show", exact: true }).click();
  await expect(dialog.locator("code")).toHaveText(password);
  const file = await downloading(page, "box.example.test.p12");
  const opened = execFileSync("openssl", ["pkcs12", "-in", file, "-passin", `pass:${password}`, "-nodes"], {
    encoding: "utf8",
  });
  expect(new X509Certificate(opened).checkPrivateKey(createPrivateKey(opened))).toBe(true);

  await dialog.getByRole("checkbox", { name: "I have saved the key" }).check();
  await dialog.getByRole("button", { name: "Open the certificate" }).click();
  await expect(page.getByText("handed over once and not kept")).toBeVisible();
  // Nothing of it comes back.
  await page.goBack();
  expect(await page.content()).not.toContain(password);
});

test("a key can be handed over as PEM", async ({ page }) => {
  await issueOnServer(page, "pem.example.test");
  await page.getByRole("radio", { name: "In clear, PEM" }).check();
  await page.getByRole("button", { name: "Make the key and issue" }).click();
  const key = createPrivateKey(readFileSync(await downloading(page, "Private key")));
  const certificate = new X509Certificate(readFileSync(await downloading(page, "Certificate and chain")));
  expect(certificate.checkPrivateKey(key)).toBe(true);
  await page.getByRole("checkbox", { name: "I have saved the key" }).check();
  await page.getByRole("button", { name: "Open the certificate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "pem.example.test" })).toBeVisible();
});
