import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

test("Home tells what needs a person first, and leads to where it is mended", async ({ page }) => {
  await page.goto("/");
  const findings = page.getByRole("region", { name: "Needs a person" });
  await expect(findings).toContainText("Your account is guarded by a password alone");
  await expect(findings).toContainText(/Checked \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  await expect(page.getByRole("link", { name: /active authorities/ })).toBeVisible();
  await expect(page.getByText("Recent activity")).toBeVisible();
  await expectAccessible(page);
  await findings.getByRole("button", { name: "Check again" }).click();
  await findings.getByRole("link", { name: "Secure my account" }).click();
  await expect(page).toHaveURL(/\/settings\/account$/);
});

test("About says what runs and where, without a secret", async ({ page, instance }) => {
  await page.goto("/about");
  await expect(page.getByText(instance.protocolHttp)).toBeVisible();
  await expect(page.getByRole("link", { name: "OpenAPI document" })).toHaveAttribute(
    "href",
    `${instance.protocolHttps}/v1/openapi.json`,
  );
  expect(await page.content()).not.toContain(instance.settings.COUNTERSIGN_MASTER_KEY);
  await expectAccessible(page);
});

test("the palette opens authorities and profiles by name", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("short-lived");
  await page.getByRole("option", { name: /Short-lived client/ }).click();
  await expect(page).toHaveURL(/\/profiles\/short-lived-client$/);
});
