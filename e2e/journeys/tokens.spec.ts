import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

test("an admin makes an API token, sees it once, uses it and revokes it", async ({
  page,
  instance,
  playwright,
}) => {
  await page.goto("/settings/tokens");
  // Journeys of one worker share an instance and run in the order of their names: whole-job, which makes
  // a token too, comes after this one.
  await expect(page.getByText("No API tokens yet")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("deployment pipeline");
  await dialog.getByRole("button", { name: "Make the token" }).click();
  await expect(dialog.getByRole("alert")).toContainText("at least one scope");
  await dialog.getByRole("checkbox", { name: "authority:read" }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Make the token" }).click();
  await expect(dialog.getByText("This token is shown once")).toBeVisible();
  await dialog.getByRole("button", { name: "Show" }).click();
  const token = (await dialog.locator("code").textContent()) ?? "";
  expect(token).toMatch(/^csn_[0-9A-Za-z]{46}$/);
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row").filter({ hasText: "deployment pipeline" });
  await expect(row).toContainText("active");
  expect(await page.content()).not.toContain(token);

  const api = await playwright.request.newContext({
    baseURL: instance.protocolHttps,
    ignoreHTTPSErrors: true,
    extraHTTPHeaders: { Authorization: `Bearer ${token}` },
  });
  expect((await api.get("/v1/authorities")).status()).toBe(200);
  await expect(async () => {
    await page.reload();
    await expect(row).toContainText("from 127.0.0.1", { timeout: 500 });
  }).toPass({ timeout: 10_000 });

  await row.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("It is in use");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Revoke the token" }).click();
  await expect(row).toContainText("revoked");
  await expect(async () => {
    const refused = await api.get("/v1/authorities");
    expect(refused.status()).toBe(401);
    expect(refused.headers()["content-type"]).toContain("application/problem+json");
  }).toPass({ timeout: 2_000 });
  await api.dispose();
});
