import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";

const rows = (page: Page): Locator => page.getByRole("table", { name: "Certificates" }).getByRole("row");
const card = (page: Page, heading: string): Locator =>
  page.locator("section").filter({ has: page.getByRole("heading", { name: heading, exact: true }) });

test("owner, tags and notes are changed, found again in the list, and told in the history", async ({
  page,
}) => {
  await issueOnServer(page, "annotated.test");
  const ownership = card(page, "Owner and tags");
  await ownership.getByRole("button", { name: "Change" }).click();
  await ownership.getByLabel("Owner").fill("Payments team");
  await ownership.getByLabel("Add a tag").fill("Production");
  await ownership.getByLabel("Add a tag").press("Enter");
  await ownership.getByLabel("Add a tag").fill("two;words!");
  await expectAccessible(page);
  await ownership.getByRole("button", { name: "Save" }).click();
  await expect(ownership.getByText(/may hold letters, digits/)).toBeVisible();
  await ownership.getByRole("button", { name: "Remove the tag words!" }).click();
  await ownership.getByRole("button", { name: "Save" }).click();
  await expect(ownership.getByText("Payments team")).toBeVisible();
  await expect(ownership.getByRole("link", { name: "production" })).toBeVisible();

  const notes = card(page, "Notes");
  await notes.getByRole("button", { name: "Write notes" }).click();
  await notes.getByRole("textbox").fill("Installed on <b>edge-1</b>.\nCall Anna before renewing.");
  await notes.getByRole("button", { name: "Save notes" }).click();
  await expect(notes.getByText("Installed on <b>edge-1</b>.")).toBeVisible();
  const history = card(page, "History");
  await expect(history).toContainText("Changed the notes of a certificate");
  await expect(history).toContainText("Payments team");
  await expectAccessible(page);

  await ownership.getByRole("link", { name: "production" }).click();
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).nth(1)).toContainText("annotated.test");
  await expect(rows(page).nth(1)).toContainText("Payments team");
});

test("who writes notes over somebody else's is told so, and keeps what was typed", async ({
  page,
  context,
}) => {
  const path = await issueOnServer(page, "noted-twice.test");
  const late = await context.newPage();
  await late.goto(path);
  await card(late, "Notes").getByRole("button", { name: "Write notes" }).click();
  await card(page, "Notes").getByRole("button", { name: "Write notes" }).click();
  await card(page, "Notes").getByRole("textbox").fill("first");
  await card(page, "Notes").getByRole("button", { name: "Save notes" }).click();
  await expect(card(page, "Notes").getByText("first")).toBeVisible();
  await card(late, "Notes").getByRole("textbox").fill("second");
  await card(late, "Notes").getByRole("button", { name: "Save notes" }).click();
  await expect(late.getByText("Somebody changed the notes meanwhile")).toBeVisible();
  await expect(card(late, "Notes").getByRole("textbox")).toHaveValue("second");
});

test("a filter is saved as a view, opened, renamed and deleted", async ({ page }) => {
  await issueOnServer(page, "viewed.test");
  await page.goto("/certificates?q=viewed.");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Save this filter as a view…" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("The viewed one");
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Save the view" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.goto("/certificates");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "The viewed one" }).click();
  await expect(page).toHaveURL(/\?q=viewed\.$/);
  await expect(rows(page)).toHaveCount(2);
  // The button says which view is open.
  await page.getByRole("button", { name: "The viewed one" }).click();
  await page.getByRole("menuitem", { name: "Rename or delete views…" }).click();
  const dialog = page.getByRole("dialog", { name: "Views" });
  await dialog.getByLabel("Name").fill("Renamed");
  await dialog.getByRole("button", { name: "Save The viewed one" }).click();
  await expect(dialog.getByRole("button", { name: "Delete Renamed" })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Delete Renamed" }).click();
  await expect(dialog.getByText("There are none left.")).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: "Views", exact: true })).toBeVisible();
});

test("everything in the list is reached by keys alone", async ({ page }) => {
  await issueOnServer(page, "keys-1.test");
  await issueOnServer(page, "keys-2.test");
  await page.goto("/certificates?sort=name");
  await expect(rows(page).nth(1)).toBeVisible();
  // The rows are there before the page listens to keys.
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(page.getByLabel(/^Search by name/)).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.keyboard.type("keys-");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(3);
  // While somebody types, letters are letters.
  await page.keyboard.type("jx?");
  await expect(page.getByLabel(/^Search by name/)).toHaveValue("keys-jx?");
  await page.keyboard.press("Tab");
  await page.keyboard.press("j");
  await expect(rows(page).nth(1).getByRole("link")).toBeFocused();
  await page.keyboard.press("x");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await expect(page.getByText("2 certificates selected")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Select none" }).press("Enter");
  await expect(page.getByText("2 certificates selected")).toHaveCount(0);
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys of the list" });
  await expect(help).toBeVisible();
  await expectAccessible(page);
  await help.getByRole("checkbox", { name: "Keys of one letter do this" }).uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(rows(page).nth(1).getByRole("link")).not.toBeFocused();
  await page.getByRole("button", { name: "Keys of the list (?)" }).press("Enter");
  await help.getByRole("checkbox", { name: "Keys of one letter do this" }).check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "keys-1.test" })).toBeVisible();
});

test("rows are selected one by one, between two, and all that match", async ({ page }) => {
  for (const number of [1, 2, 3]) await issueOnServer(page, `select-${number}.test`);
  await page.goto("/certificates?q=select-&sort=name");
  await page.getByRole("checkbox", { name: "Select select-1.test" }).click();
  await page.getByRole("checkbox", { name: "Select select-3.test" }).click({ modifiers: ["Shift"] });
  await expect(page.getByText("3 certificates selected")).toBeVisible();
  await page.getByRole("checkbox", { name: "Select select-2.test" }).click();
  await expect(page.getByText("2 certificates selected")).toBeVisible();
  await page.getByRole("checkbox", { name: "Select all on this page" }).click();
  await expect(page.getByText("3 certificates selected")).toBeVisible();
});

test("on a phone the list is cards, with filters behind a button", async ({ page }) => {
  await issueOnServer(page, "phone.test");
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto("/certificates?q=phone.&status=valid");
  await expect(rows(page).filter({ hasText: "phone.test" })).toBeVisible();
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("button", { name: /^Status/ }).click();
  await page.getByRole("checkbox", { name: "renewal due" }).check();
  await expect(page).toHaveURL(/status=due/);
  await page.keyboard.press("Escape");
  const overhang = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overhang).toBe(0);
  await expectAccessible(page);
});
