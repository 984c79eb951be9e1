import { ADMIN, expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { startInstance } from "#e2e/fixtures/instance.ts";

test.use({ storageState: { cookies: [], origins: [] } });

test("the first admin sets Countersign up in two steps with the printed link, which works once", async ({
  browser,
}) => {
  const instance = await startInstance();
  const context = await browser.newContext({ baseURL: instance.url });
  const page = await context.newPage();
  const link = instance.setupLink ?? "";
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));

  await page.goto("/settings/roles");
  await expect(page.getByRole("heading", { name: "Countersign is not set up yet" })).toBeVisible();
  await page.goto("/setup");
  await expect(page.getByText("The link is not complete")).toBeVisible();

  await page.goto(link);
  await expectAccessible(page);
  await page.getByLabel("Organisation").fill(ADMIN.organisation);
  await page.getByLabel("Your name").fill(ADMIN.name);
  await page.getByLabel("E-mail address").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByRole("alert").getByText("at least 12 are needed")).toBeVisible();
  await expect(page.getByLabel("Your name")).toHaveValue(ADMIN.name);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Next" }).click();

  await expect(page.getByRole("heading", { name: "Create the authorities" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create the authorities" }).click();
  await expect(page.getByRole("heading", { name: "Countersign is ready" })).toBeVisible();
  await expectAccessible(page);

  // The secret of the link stays in the browser: neither a request nor the log has it.
  const secret = new URL(link).hash.slice(1);
  expect(asked.join("\n")).not.toContain(secret);
  expect(instance.output().replaceAll(link, "")).not.toContain(secret);

  const other = await browser.newContext();
  const late = await other.newPage();
  await late.goto(link);
  await expect(late.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await other.close();
  await context.close();
  await instance.stop();
});

test("set-up that was left after the first step goes on after signing in", async ({ browser }) => {
  const instance = await startInstance();
  const first = await browser.newContext();
  const page = await first.newPage();
  await page.goto(instance.setupLink ?? "");
  await page.getByLabel("Organisation").fill(ADMIN.organisation);
  await page.getByLabel("Your name").fill(ADMIN.name);
  await page.getByLabel("E-mail address").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByRole("heading", { name: "Create the authorities" })).toBeVisible();
  await first.close();

  const second = await browser.newContext({ baseURL: instance.url });
  const again = await second.newPage();
  await again.goto("/settings/roles");
  await again.getByLabel("E-mail address").fill(ADMIN.email);
  await again.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await again.getByRole("button", { name: "Sign in", exact: true }).click();
  await again.getByRole("link", { name: "Finish the set-up" }).click();
  await again.getByRole("button", { name: "Create the authorities" }).click();
  await expect(again.getByRole("heading", { name: "Countersign is ready" })).toBeVisible();
  await second.close();
  await instance.stop();
});

test("once it is set up, the set-up page leads elsewhere", async ({ page }) => {
  await page.goto("/setup");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
