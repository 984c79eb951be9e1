import { createClient, takeKey } from "#e2e/fixtures/client-by-hand.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

test("an admin rotates a client with an overlap, sees who still uses the old one, and cuts it short", async ({
  page,
}) => {
  const path = await createClient(page, "rotating-worker");
  await page.getByRole("link", { name: "Rotate", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Rotate rotating-worker" })).toBeVisible();
  await expect(page.getByText("Not used for 24 hours")).toBeVisible();
  await expect(page.getByText("For the names of rotating-worker")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Overlap").selectOption({ label: "7 days" });
  await page.getByRole("checkbox", { name: "Revoke its certificate at the end" }).check();
  await page.getByRole("button", { name: "Issue and rotate" }).click();
  await takeKey(page);

  await expect(page).toHaveURL(new RegExp(`${path}$`));
  await expect(page.getByText("being replaced")).toBeVisible();
  await expect(page.getByText("counts", { exact: true })).toBeVisible();
  await expect(page.getByText("and its certificate is revoked then", { exact: false })).toBeVisible();
  await expect(page.getByText("Not used for 24 hours").first()).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 720 });

  await page.getByRole("button", { name: "Cut short or extend rotating-worker…" }).click();
  const dialog = page.getByRole("alertdialog", { name: "When does rotating-worker end?" });
  await dialog.getByLabel("When").selectOption({ label: "In 30 days" });
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Set the end" }).click();
  await expect(page.getByText("The end is set", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Cut short or extend rotating-worker…" }).click();
  await dialog.getByLabel("When").selectOption({ label: "Now" });
  await dialog.getByRole("button", { name: "End it now" }).click();
  await expect(page.getByText("being replaced")).toHaveCount(0);
  await page.getByText("1 that has ended").click();
  await page
    .getByRole("listitem")
    .filter({ hasText: "ended" })
    .getByRole("link", { name: "rotating-worker" })
    .first()
    .click();
  await expect(page.getByText("Revoked for good: replaced")).toBeVisible();
});

test("a credential is put in the place of another without anything being issued: a name under an authority", async ({
  page,
}) => {
  const path = await createClient(page, "meshed-worker");
  await page.getByRole("link", { name: "Rotate", exact: true }).click();
  await page.getByRole("radio", { name: "This name under an authority" }).check();
  await page.getByLabel("Name in the certificate").fill("spiffe://mesh.example.test/*");
  await expect(page.getByText("This fits every name below the authority")).toBeVisible();
  // What is half below the top bar would be taken for too small to be pressed.
  await page.evaluate(() => window.scrollTo(0, 0));
  await expectAccessible(page);
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The pattern fits every name" })).toBeVisible();
  await page.getByRole("checkbox", { name: "That is meant" }).check();
  await page.getByLabel("Overlap").selectOption({ label: "1 hour" });
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${path}$`));
  await expect(page.getByText("URI spiffe://mesh.example.test/*")).toBeVisible();
  await expect(page.getByText("being replaced")).toBeVisible();
});
