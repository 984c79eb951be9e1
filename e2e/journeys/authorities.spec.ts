import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

/** Opens an authority from the list, as a person does. */
async function openAuthority(page: Page, name: string): Promise<void> {
  await page.goto("/authorities");
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("the authorities stand as a tree with their health, and each can be downloaded", async ({ page }) => {
  await page.goto("/authorities");
  const row = page.getByRole("row").filter({ hasText: "Example Ltd Client CA" });
  await expect(row).toContainText("intermediate");
  await expect(row).toContainText("active");
  await expect(row).toContainText("ECDSA P-256");
  await expect(page.getByText("/trust/clients.pem").first()).toBeVisible();
  await expectAccessible(page);

  await openAuthority(page, "Example Ltd Client CA");
  await expect(page.getByText("0: no authority may stand below it")).toBeVisible();
  await expect(page.getByRole("link", { name: "Short-lived client" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Download" }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: /bundle\.pem/ }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("example-ltd-client-ca-bundle.pem");
  expect(readFileSync(await download.path(), "utf8").match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
});

test("an intermediate is created; what breaks a rule is said at its field and nothing typed is lost", async ({
  page,
}) => {
  await page.goto("/authorities/new");
  await expectAccessible(page);
  await page.getByLabel("Name", { exact: true }).fill("Partner Client CA");
  await page.getByLabel("Lifetime in years").fill("30");
  await page.getByRole("button", { name: "Add permitted names" }).click();
  await page.getByLabel("Permitted names, 1: value").fill("*.partner.example.com");
  await page.getByRole("button", { name: "Create the intermediate" }).click();
  const summary = page.getByRole("alert").filter({ hasText: "The authority was not created" });
  await expect(summary).toContainText("outlive its parent");
  await expect(summary).toContainText("*.partner.example.com");
  await expect(page.getByLabel("Lifetime in years")).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);

  await page.getByLabel("Lifetime in years").fill("2");
  await page.getByLabel("Permitted names, 1: value").fill("partner.example.com");
  await page.getByRole("button", { name: "Create the intermediate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Partner Client CA" })).toBeVisible();
  await expect(page.getByText("only partner.example.com")).toBeVisible();
});

test("retiring says what stops; the second of two admins is told who was faster", async ({
  page,
  context,
}) => {
  await openAuthority(page, "Example Ltd Workload CA");
  const other = await context.newPage();
  await openAuthority(other, "Example Ltd Workload CA");

  await page.getByRole("button", { name: "Retire" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("Issuing and renewing under Server and client");
  await expect(dialog).toContainText("It stays in the trust bundles until it ends.");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Retire the authority" }).click();
  await expect(page.getByRole("button", { name: "Reactivate" })).toBeVisible();

  await other.getByRole("button", { name: "Retire" }).click();
  await other.getByRole("button", { name: "Retire the authority" }).click();
  await expect(other.getByRole("alertdialog")).toContainText("was changed by Ada Admin");
  await other.close();

  await page.getByRole("button", { name: "Reactivate" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Reactivate" }).click();
  await expect(page.getByRole("button", { name: "Retire" })).toBeVisible();
});

test("the authority of our own listeners cannot be retired by accident", async ({ page }) => {
  await openAuthority(page, "Example Ltd Server CA");
  await page.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("button", { name: "Retire the authority" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("Countersign's own listeners");
});

test("an authority made elsewhere is imported from PKCS#12 and from PEM", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-import-"));
  const run = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const root = (name: string) =>
    run(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "900"],
      ...["-subj", `/CN=${name}`, "-keyout", "root.key", "-out", "root.pem"],
      ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    );
  try {
    root("Old Root");
    run(
      ...["pkcs12", "-export", "-inkey", "root.key", "-in", "root.pem"],
      ...["-passout", "pass:open sesame", "-out", "root.p12"],
    );
    await page.goto("/authorities/import");
    await expectAccessible(page);
    await page.getByRole("radio", { name: "A PKCS#12 file" }).check();
    await page.getByLabel("PKCS#12 file", { exact: true }).setInputFiles(join(folder, "root.p12"));
    await page.getByLabel("Password of the file").fill("not the password");
    await page.getByRole("button", { name: "Import the authority" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "was not imported" })).toContainText("password");
    await expectAccessible(page);
    await page.getByLabel("Password of the file").fill("open sesame");
    await page.getByRole("button", { name: "Import the authority" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Old Root" })).toBeVisible();

    root("Older Root");
    await page.goto("/authorities/import");
    await page
      .getByLabel("Certificate and those above it")
      .fill(readFileSync(join(folder, "root.pem"), "utf8"));
    await page
      .getByRole("textbox", { name: "Private key" })
      .fill(readFileSync(join(folder, "root.key"), "utf8"));
    await page.getByLabel("Name shown in the console").fill("The older root");
    await page.getByRole("checkbox", { name: "Clients" }).check();
    await page.getByRole("button", { name: "Import the authority" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "The older root" })).toBeVisible();
    await expect(page.getByText("clients", { exact: true }).first()).toBeVisible();
    expect(await page.content()).not.toContain("PRIVATE KEY");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
