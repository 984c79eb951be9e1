import { connectProxy, makeService } from "#e2e/fixtures/access-screens.ts";
import { createClient } from "#e2e/fixtures/client-by-hand.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

const UNKNOWN = "The server did not answer; nobody knows whether it was done. Look before trying again.";

test("a new client stays typed when the answer is lost, and is created the next time", async ({
  page,
  context,
}) => {
  await page.goto("/clients/new");
  await page.getByLabel("Name", { exact: true }).fill("lost-answer-worker");
  await page.getByLabel("Owner").fill("Platform");
  await page.getByRole("radio", { name: "Later" }).check();
  await context.setOffline(true);
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByRole("alert").filter({ hasText: UNKNOWN })).toBeVisible();
  await expect(page.getByText("The client was not created")).toHaveCount(0);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("lost-answer-worker");
  await expect(page.getByLabel("Owner")).toHaveValue("Platform");
  await context.setOffline(false);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "lost-answer-worker" })).toBeVisible();
});

test("a token that is shown once survives a lost answer", async ({ page, context }) => {
  const service = await makeService(page, "Lost answer service");
  const token = await connectProxy(page, "Lost answer edge", service);
  await expect(page.getByText(`Bearer ${token}`).first()).toBeVisible();
  await context.setOffline(true);
  await page.getByRole("button", { name: "Write the configuration" }).click();
  await expect(page.getByText("The server did not answer. Try again.")).toBeVisible();
  await expect(page.locator("code").first()).toHaveText(token);
  await context.setOffline(false);
  await page.getByRole("button", { name: "Write the configuration" }).click();
  await expect(page.getByText(`Bearer ${token}`).first()).toBeVisible();
});

test("the list of clients stays when the answer to a suspension is lost", async ({ page, context }) => {
  await createClient(page, "lost-suspend-worker");
  await page.goto("/clients?q=lost-suspend");
  const suspend = page.getByRole("button", { name: "Suspend lost-suspend-worker" });
  await expect(suspend).toBeVisible();
  await context.setOffline(true);
  await suspend.click();
  // The toast stands in the page once more, for screen readers.
  await expect(page.getByText(UNKNOWN).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "lost-suspend-worker" })).toBeVisible();
  await context.setOffline(false);
  await suspend.click();
  await expect(page.getByRole("button", { name: "Resume lost-suspend-worker" })).toBeVisible();
});

test("an import whose answer is lost does not claim that nothing was created", async ({ page }) => {
  await page.goto("/clients/import");
  await page.getByLabel("Lines").fill("lost-import-one\nlost-import-two");
  await page.getByRole("button", { name: "Check the lines" }).click();
  // It reaches the server, and the answer does not come back.
  await page.route("**/clients/import/start", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Create 2 clients" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "It is not known what was created" });
  await expect(alert).toBeVisible();
  await expect(page.getByText("Nothing was created")).toHaveCount(0);
  await page.unroute("**/clients/import/start");
  await page.getByRole("button", { name: "Check the lines" }).click();
  await expect(page.getByText("No line can be taken")).toBeVisible();
  await page.goto("/clients?q=lost-import");
  await expect(page.getByRole("link", { name: "lost-import-two" })).toBeVisible();
});
