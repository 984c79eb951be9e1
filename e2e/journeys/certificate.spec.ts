import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";

test("a certificate is found in the list and in the palette, by name, serial number and fingerprint", async ({
  page,
}) => {
  const path = await issueOnServer(page, "found.example.test");
  await page.goto("/certificates");
  const row = page.getByRole("row").filter({ hasText: "found.example.test" });
  await expect(row).toContainText("valid");
  await expect(row).toContainText("in 89 days");
  await expectAccessible(page);
  await row.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`${path}$`));
  const json = await page.request.get(`${path}/download/der`);
  expect(json.headers()["content-disposition"]).toBe('attachment; filename="found.example.test.der"');
  expect(json.headers()["cache-control"]).toBe("no-store");
  const { X509Certificate } = await import("node:crypto");
  const certificate = new X509Certificate(await json.body());
  for (const query of ["found.ex", certificate.serialNumber, certificate.fingerprint256]) {
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder(/Name, serial/).fill(query);
    await expect(page.getByRole("option", { name: /found\.example\.test/ })).toBeVisible();
    await page.keyboard.press("Escape");
  }
});

test("every form can be downloaded when signed in, and none when not", async ({
  page,
  playwright,
  instance,
}) => {
  const path = await issueOnServer(page, "forms.example.test");
  const beginnings = {
    pem: "-----BEGIN CERT",
    chain: "-----BEGIN CERT",
    fullchain: "-----BEGIN CERT",
    der: "0",
    p7b: "0",
  };
  for (const [form, beginning] of Object.entries(beginnings)) {
    const answer = await page.request.get(`${path}/download/${form}`);
    expect([form, answer.status()]).toEqual([form, 200]);
    expect((await answer.body()).toString("latin1").startsWith(beginning)).toBe(true);
  }
  expect((await page.request.get(`${path}/download/key`)).status()).toBe(404);
  const stranger = await playwright.request.newContext({
    baseURL: instance.url,
    storageState: { cookies: [], origins: [] },
  });
  const refused = await stranger.get(`${path}/download/pem`);
  expect(refused.status()).toBe(401);
  expect(await refused.text()).toContain("Sign in again");
  await stranger.dispose();
});

test("a renewal keeps the lineage, and a second one is told who made the first", async ({
  page,
  context,
}) => {
  const path = await issueOnServer(page, "renewed.example.test");
  const late = await context.newPage();
  await late.goto(path);
  await page.getByRole("button", { name: "Renew…" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Renew with the same key" }).click();
  await expect(page).not.toHaveURL(new RegExp(`${path}$`));
  await expect(page.getByText(/renewed by Ada Admin/)).toBeVisible();

  await late.getByRole("button", { name: "Renew…" }).click();
  await late.getByRole("button", { name: "Renew with the same key" }).click();
  await expect(
    late.getByText(/already been renewed by Ada Admin.*: its successor has the serial number/),
  ).toBeVisible();
  await late.getByRole("button", { name: "Close" }).click();
  await expect(late.getByText(/Renewed by Ada Admin.* on/)).toBeVisible();
  await expectAccessible(late);

  await page.getByRole("button", { name: "Renew…" }).click();
  await page.getByRole("link", { name: "Choose how the key is made" }).click();
  await expect(
    page.getByRole("heading", { name: "Renew renewed.example.test with a new key" }),
  ).toBeVisible();
  await expect(page.getByLabel("Name 1", { exact: true })).toHaveValue("renewed.example.test");
  await page.getByRole("button", { name: "Make the key and issue" }).click();
  // The page behind the key already says that the certificate is renewed; the key stays.
  await expect(page.getByText("It has been renewed already")).toBeVisible();
  await page.getByRole("checkbox", { name: "I have saved the key" }).check();
  await page.getByRole("button", { name: "Open the certificate" }).click();
  const lineage = page.locator("section").filter({ has: page.getByRole("heading", { name: "Lineage" }) });
  await expect(lineage.getByRole("listitem")).toHaveCount(3);
  await expect(lineage.getByRole("listitem").last()).toContainText("this one");
});

test("an address without a certificate says so", async ({ page }) => {
  const answer = await page.goto("/certificates/none");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is no such certificate" })).toBeVisible();
  await expectAccessible(page);
});

test("on a phone nothing sticks out", async ({ page }) => {
  const path = await issueOnServer(page, "a-rather-long-name-of-a-service.payments.internal.example.test");
  await page.setViewportSize({ width: 380, height: 800 });
  for (const address of ["/certificates", path, "/certificates/new"]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const overhang = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect([address, overhang]).toEqual([address, 0]);
  }
});
