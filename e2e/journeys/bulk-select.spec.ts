import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

/** Issues for a list of names the quick way, and waits until all of it is done. */
async function issueMany(page: Page, names: readonly string[]) {
  await page.goto("/bulk/issue");
  const run = await page.evaluate(async (text) => {
    const answer = await fetch("/bulk/issue/start", {
      method: "POST",
      body: JSON.stringify({ text, profile: "server", keyAlgorithm: "ecdsa-p256" }),
    });
    const started: { data: { run: string } } = await answer.json();
    sessionStorage.setItem(`countersign-bulk-run:${started.data.run}`, "1");
    return started.data.run;
  }, names.join("\n"));
  await page.goto(`/bulk/${run}`);
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();
}

const rowsOf = (page: Page, name: string) =>
  page.getByRole("table", { name: "Certificates" }).getByRole("row").filter({ hasText: name });

test("everything that a filter matches is tagged at once, and the change is undone", async ({ page }) => {
  const names = Array.from({ length: 120 }, (_, place) => `host-${place}.tagged.example.test`);
  await issueMany(page, names);
  await page.goto("/certificates?q=tagged.example.test");
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  const bar = page.getByRole("region", { name: "Selected certificates" });
  await bar.getByRole("button", { name: /^Select all 120/ }).click();
  await expect(bar).toContainText("120 certificates selected");
  await expectAccessible(page);

  await bar.getByRole("button", { name: "Tags…" }).click();
  const dialog = page.getByRole("dialog", { name: "Tags of 120 certificates" });
  await dialog.getByRole("button", { name: "Change 120 certificates" }).click();
  await expect(dialog.getByText("Say which owner to set, or which tags to add or remove.")).toBeVisible();
  await dialog.getByLabel("Tags to add").fill("wave-7 team:payments");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Change 120 certificates" }).click();

  // Small changes are done at once and the list stays; the way to undo them stands beside it.
  await page.getByRole("link", { name: "See what was changed, or undo it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Change owner and tags of 120 certificates",
  );
  await expect(page.getByText("Adds the tags wave-7, team:payments")).toBeVisible();
  await page.goto("/certificates?tag=wave-7");
  await expect(rowsOf(page, "tagged.example.test").first()).toBeVisible();
  await page.goBack();

  await page.getByRole("button", { name: "Undo…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Undo the change" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Undo a change of 120 certificates");
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();
  await expectAccessible(page);
  await page.goto("/certificates?tag=wave-7");
  await expect(rowsOf(page, "tagged.example.test")).toHaveCount(0);
});

test("a renewal of many says beforehand what it passes over, and afterwards why", async ({ page }) => {
  await issueMany(page, ["a.renewed.example.test", "b.renewed.example.test", "c.renewed.example.test"]);
  await page.goto("/certificates?q=b.renewed.example.test");
  await page.getByRole("link", { name: "b.renewed.example.test", exact: true }).click();
  await page.getByRole("button", { name: "Renew…" }).click();
  await page.getByRole("button", { name: "Renew with the same key" }).click();
  await expect(page.getByText("Renewed b.renewed.example.test", { exact: true })).toBeVisible();

  await page.goto("/certificates?q=.renewed.example.test");
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  const bar = page.getByRole("region", { name: "Selected certificates" });
  await expect(bar).toContainText("4 certificates selected");
  await bar.getByRole("button", { name: "Renew…" }).click();
  const dialog = page.getByRole("dialog", { name: "Renew 4 certificates?" });
  await expect(dialog.getByText("1 is renewed already")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Renew 3 certificates" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Renew 4 certificates" })).toBeVisible();
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();
  const items = page.getByRole("table", { name: "Items of the run" }).getByRole("row");
  await expect(items.filter({ hasText: "Done" })).toHaveCount(3);
  await expect(items.filter({ hasText: "It has been renewed already." })).toHaveCount(1);
  await page.getByRole("link", { name: /^Passed over/ }).click();
  await expect(items).toHaveCount(1 + 1);
  await expectAccessible(page);
});

test("an owner is set for some, and what is selected is taken away as a table", async ({ page }) => {
  await issueMany(page, ["x.owned.example.test", "y.owned.example.test", "z.owned.example.test"]);
  await page.goto("/certificates?q=.owned.example.test");
  await page.getByRole("checkbox", { name: "Select x.owned.example.test" }).check();
  await page.getByRole("checkbox", { name: "Select y.owned.example.test" }).check();
  const bar = page.getByRole("region", { name: "Selected certificates" });
  await bar.getByRole("button", { name: "Owner…" }).click();
  await page.getByLabel("Owner", { exact: true }).fill("=Ops");
  await page.getByRole("button", { name: "Set the owner of 2 certificates" }).click();
  await expect(page.getByRole("link", { name: "See what was changed, or undo it" })).toBeVisible();
  await bar.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "As a table (CSV)" }).click(),
  ]);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\r\n");
  expect(lines).toHaveLength(1 + 2);
  expect(lines[0]).toContain("serial number");
  for (const line of lines.slice(1)) expect(line).toContain(",'=Ops,");
});
