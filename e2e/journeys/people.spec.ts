import { ADMIN, expect, expectAccessible, fillSignIn, test } from "#e2e/fixtures/console-test.ts";
import { INVITED_PASSWORD, inviteAndAccept } from "#e2e/fixtures/invite.ts";

test("an admin invites a person, who sees what the role allows and nothing else", async ({
  page,
  browser,
}) => {
  const { theirs, link } = await inviteAndAccept(page, browser, "Vera", "viewer");
  await theirs.goto("/settings/roles");
  const navigation = theirs.getByRole("navigation", { name: "Main" });
  await expect(navigation.getByRole("link", { name: "Certificates" })).toBeVisible();
  await expect(navigation.getByRole("link", { name: "People" })).toBeHidden();
  for (const path of ["/settings/people", "/settings/tokens"]) {
    await theirs.goto(path);
    await expect(theirs.getByText("There is nothing at this address")).toBeVisible();
  }
  await theirs.context().clearCookies();
  await theirs.goto(link);
  await expect(theirs.getByText("This link does not hold")).toBeVisible();
  await theirs.context().close();
});

test("an admin gives another role and disables an account, with effect on the next click", async ({
  page,
  browser,
}) => {
  const { theirs } = await inviteAndAccept(page, browser, "Otto", "viewer");
  await page.goto("/settings/people");
  await expectAccessible(page);
  await page.getByRole("link", { name: "Otto" }).click();
  await expect(page.getByRole("heading", { name: "Otto" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Change the role" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("radio", { name: "auditor" }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Change the role" }).click();
  await expect(dialog).toBeHidden();
  await theirs.goto("/settings/people");
  await expect(theirs.getByRole("heading", { name: "People" })).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Invite" })).toBeHidden();

  await page.getByRole("button", { name: "Disable" }).click();
  await expect(dialog).toContainText("The one open session ends at once.");
  await dialog.getByRole("button", { name: "Disable the account" }).click();
  await expect(page.getByText("disabled", { exact: true })).toBeVisible();
  await theirs.goto("/settings/people");
  await expect(theirs.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await fillSignIn(theirs, "otto@example.test", INVITED_PASSWORD);
  await expect(theirs.getByRole("alert").getByText("is not right")).toBeVisible();
  await theirs.context().close();
});

test("the second of two admins who change the same person is told who was first", async ({
  page,
  context,
  browser,
}) => {
  const { theirs } = await inviteAndAccept(page, browser, "Tom", "viewer");
  await theirs.context().close();
  await page.goto("/settings/people");
  await page.getByRole("link", { name: "Tom" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Tom" })).toBeVisible();
  const other = await context.newPage();
  await other.goto(page.url());
  for (const [tab, role] of [
    [other, "operator"],
    [page, "admin"],
  ] as const) {
    await tab.getByRole("button", { name: "Change the role" }).click();
    await tab.getByRole("alertdialog").getByRole("radio", { name: role }).check();
    await tab.getByRole("alertdialog").getByRole("button", { name: "Change the role" }).click();
    // The first must be through before the second begins, else nobody knows who is second.
    if (tab === other) await expect(tab.getByRole("alertdialog")).toBeHidden();
  }
  await expect(page.getByRole("alertdialog").getByRole("alert")).toContainText(`changed by ${ADMIN.name}`);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.reload();
  await expect(page.getByRole("definition").filter({ hasText: "operator" })).toBeVisible();
});

test("the last admin cannot be disabled", async ({ page }) => {
  await page.goto("/settings/people");
  await page.getByRole("link", { name: `${ADMIN.name} (you)` }).click();
  await page.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Disable the account" }).click();
  await expect(page.getByRole("alertdialog").getByRole("alert")).toContainText("last active admin");
});

test("the permission table can be read by everybody", async ({ page }) => {
  await page.goto("/settings/roles");
  await expectAccessible(page);
  const row = page.getByRole("row").filter({ hasText: "certificate:issue" });
  await expect(row.getByRole("cell")).toContainText([
    "Issue certificates",
    "certificate:issue",
    "yes",
    "yes",
    "no",
    "no",
    "yes",
  ]);
});
