import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

test("an admin reads the trail, narrows it, opens an event and verifies the chain", async ({ page }) => {
  await page.goto("/audit");
  // The newest event of the root may be that its CRL was published.
  await expect(
    page
      .getByRole("row")
      .filter({ hasText: "Example Ltd Root CA" })
      .filter({ hasText: "Created an authority" }),
  ).toBeVisible();
  await page.getByRole("button", { name: "Verify the chain" }).click();
  const verdict = page.getByRole("status").filter({ hasText: "The chain is whole" });
  await expect(verdict).toContainText("no gap, every hash right");
  await expect(verdict).toContainText("Head: event");
  await expectAccessible(page);

  await page.getByLabel("Did what").selectOption({ label: "Created a profile" });
  await page.getByLabel("Who").selectOption({ label: "Person" });
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page).toHaveURL(/action=profile\.created/);
  await expect(page).toHaveURL(/actor=user/);
  await expect(page.getByRole("link", { name: "Show everything" })).toBeVisible();
  for (const row of (await page.getByRole("row").all()).slice(1)) {
    await expect(row).toContainText("Created a profile");
  }
  await page
    .getByRole("button", { name: /^Details of event/ })
    .first()
    .click();
  await expect(page.getByText("profile.created", { exact: true })).toBeVisible();
  await expect(page.getByText('"keyAlgorithms"')).toBeVisible();
  await expectAccessible(page);
});

test("an event tells what it changed, and a thing leads to its own history", async ({ page }) => {
  await page.goto("/profiles/client/edit");
  await page.getByLabel("Names at most").fill("42");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText("Only what happened to Client.")).toBeVisible();
  await page
    .getByRole("button", { name: /^Details of event/ })
    .first()
    .click();
  await expect(page.getByText("rules.names.max")).toBeVisible();
  await expect(page.getByText("100 → 42")).toBeVisible();
});

test("pages go down and up again without losing an event", async ({ page }) => {
  await page.goto("/audit?before=8");
  await expect(page.getByRole("button", { name: "Details of event 7", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Older" })).toHaveCount(0);
  await page.getByRole("link", { name: "Newer" }).click();
  await expect(page.getByRole("button", { name: "Details of event 8", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Details of event 7", exact: true })).toHaveCount(0);
});

test("whoever may not read the trail is shown nothing of it", async ({ browser, instance }) => {
  const context = await browser.newContext({
    baseURL: instance.url,
    storageState: { cookies: [], origins: [] },
  });
  expect((await context.request.post("/audit/verify")).status()).toBe(401);
  const page = await context.newPage();
  await page.goto("/audit");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Faudit/);
  await context.close();
});
