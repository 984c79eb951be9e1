import { connectProxy, makeService } from "#e2e/fixtures/access-screens.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { inviteAndAccept } from "#e2e/fixtures/invite.ts";

const NARROW = { width: 390, height: 844 };

test("an admin describes a service, and is told what it lacks until a proxy stands before it", async ({
  page,
}) => {
  await page.goto("/services/new");
  await expectAccessible(page);
  await page.getByLabel("Name", { exact: true }).fill("Warehouse API");
  await expect(page.getByLabel("Short name")).toHaveValue("warehouse-api");
  await page.getByLabel(/^Host names/).fill("not a host!");
  await page.getByRole("button", { name: "Create the service" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The service was not saved" })).toBeVisible();
  await expect(page.getByText("is no host name").first()).toBeVisible();
  await page.getByLabel(/^Host names/).fill("warehouse.example.test\nstock.example.test");
  await page.getByLabel("Weakest key").selectOption("128");
  await page.getByRole("checkbox", { name: /^Fail open/ }).check();
  await expect(page.getByText("Whoever makes the database unreachable gets in")).toBeVisible();
  await page.getByRole("checkbox", { name: /^Fail open/ }).uncheck();
  await page.getByRole("button", { name: "Create the service" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "Warehouse API" })).toBeVisible();
  await expect(page.getByText("Nothing stands in front of it")).toBeVisible();
  await expect(page.getByText("warehouse.example.test, stock.example.test")).toBeVisible();
  await expect(page.getByText("Nobody was granted it")).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize(NARROW);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await connectProxy(page, "Warehouse edge", "warehouse-api");
  await page.goto("/services/warehouse-api");
  await expect(page.getByText("Nothing stands in front of it")).toHaveCount(0);
  await expect(page.getByRole("row").filter({ hasText: "Warehouse edge" })).toContainText("never seen");

  await page.getByRole("link", { name: "Change", exact: true }).click();
  await page.getByRole("radio", { name: "Let them in and record them (learning)" }).check();
  await page.getByLabel("Name", { exact: true }).fill("Warehouse");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Warehouse" })).toBeVisible();
  await expect(page.getByText("It is learning: unknown callers get in")).toBeVisible();
  await page.goto("/services");
  await expect(page.getByRole("row").filter({ hasText: "warehouse-api" })).toContainText("learning");
  await expectAccessible(page);
  await page.setViewportSize(NARROW);
  await expectAccessible(page);
});

test("a service is retired only after its short name is typed", async ({ page }) => {
  await makeService(page, "Doomed service");
  await page.getByRole("button", { name: "Retire…" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Retire Doomed service?" });
  const confirm = dialog.getByRole("button", { name: "Retire the service" });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel(/^Type doomed-service/).fill("doomed-service");
  await expectAccessible(page);
  await confirm.click();
  await expect(page.getByText("Doomed service is retired", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Retire…" })).toHaveCount(0);
  await page.goto("/services?status=retired");
  await expect(page.getByRole("row").filter({ hasText: "doomed-service" })).toContainText("retired");
});

test("services and proxies are found in the palette, and who may not change them sees no buttons", async ({
  page,
  browser,
}) => {
  await makeService(page, "Palette target");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/^Name, serial number/).fill("palette target");
  await page.getByRole("option", { name: /^Palette target/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Palette target" })).toBeVisible();

  const { theirs } = await inviteAndAccept(page, browser, "Sven", "viewer");
  await theirs.goto("/services/palette-target");
  await expect(theirs.getByRole("heading", { level: 1, name: "Palette target" })).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Retire…" })).toHaveCount(0);
  await expect(theirs.getByRole("link", { name: "Change", exact: true })).toHaveCount(0);
  await theirs.goto("/services/new");
  await expect(theirs.getByText("There is nothing at this address")).toBeVisible();
  await theirs.context().close();
});

test("changing a service or a proxy says before what it takes away", async ({ page }) => {
  const first = await makeService(page, "Warned service", true);
  await makeService(page, "Warned other service");
  await connectProxy(page, "Warned edge", first);
  await page.goto(`/services/${first}/edit`);
  const refused = page.getByText("Clients that get in now may be refused");
  await expect(refused).toHaveCount(0);
  await page.getByLabel("Weakest key").selectOption("192");
  await expect(refused).toBeVisible();
  await expectAccessible(page);

  await page.goto("/proxies/warned-edge/edit");
  await expect(page.getByText("lets nobody in until")).toHaveCount(0);
  await page.getByLabel("Kind").selectOption("apache");
  await expect(page.getByText("lets nobody in until")).toHaveCount(0);
  await page.getByLabel("Kind").selectOption("caddy");
  await expect(page.getByText("lets nobody in until it has a new configuration")).toBeVisible();
  await page.getByRole("checkbox", { name: "Warned service", exact: true }).uncheck();
  await expect(page.getByText("It may not ask about Warned service any more")).toBeVisible();
  await expectAccessible(page);
});
