import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";
import { strFromU8, unzipSync } from "fflate";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-bulk-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const openssl = (...parameters: string[]) =>
  execFileSync("openssl", parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const rowsWith = (bad: readonly string[]) => [
  "name,names,profile,days,owner,tags",
  ...Array.from(
    { length: 22 },
    (_, place) => `row-${place}.bulk.example.test,alt-${place}.bulk.example.test,,30,Ops,wave-1`,
  ),
  ...bad,
];

async function check(page: Page, text: string) {
  await page.getByLabel("Rows", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Check the rows" }).click();
  await expect(page.getByRole("heading", { name: /can be issued$/ })).toBeVisible();
}

test("a file of names becomes certificates and keys in one archive, which is handed over once", async ({
  page,
}) => {
  await page.goto("/bulk/issue");
  await expectAccessible(page);
  await check(
    page,
    rowsWith([
      "not a name!,,,,,",
      "ok-23.bulk.example.test,,nonsense,,,",
      "ok-24.bulk.example.test,,,9999,,",
    ]).join("\r\n"),
  );

  // The verdicts come before anything is done, what is wrong first.
  await expect(page.getByRole("heading", { name: "22 certificates can be issued" })).toBeVisible();
  const rows = page.getByRole("table", { name: "Rows of the file" }).getByRole("row");
  await expect(rows).toHaveCount(1 + 3);
  await expect(rows.nth(1)).toContainText("24");
  await expect(rows.nth(1)).toContainText("name:");
  await expect(rows.nth(2)).toContainText("There is no certificate profile “nonsense”.");
  await expect(rows.nth(3)).toContainText("(profile.lifetime)");
  await expectAccessible(page);

  // One is put right, two are left out.
  await check(
    page,
    rowsWith([
      "not a name!,,,,,",
      "ok-23.bulk.example.test,,nonsense,,,",
      "ok-24.bulk.example.test,,,90,,",
    ]).join("\r\n"),
  );
  await expect(page.getByText("2 rows are left out.")).toBeVisible();
  await page.getByRole("button", { name: "Issue 23 certificates" }).click();
  await expect(
    page.getByRole("heading", { level: 1, name: "Issue 23 certificates from a file" }),
  ).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Issuing certificates" })).toHaveAttribute(
    "aria-valuenow",
    "100",
  );
  await expect(page.getByText("2 rows of the file did not pass the check")).toBeVisible();
  const items = page.getByRole("table", { name: "Items of the run" }).getByRole("row");
  await expect(items).toHaveCount(1 + 23);
  await expect(items.filter({ hasText: "Done" })).toHaveCount(23);
  await expect(page.getByText("23 private keys wait for you, once")).toBeVisible();
  await expectAccessible(page);

  // Independent readers open the archive, and every key belongs to its certificate.
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download certificates and keys (ZIP)" }).click(),
  ]);
  const archive = join(folder, download.suggestedFilename());
  await download.saveAs(archive);
  const tested = spawnSync("unzip", ["-tq", archive]);
  // Where that program is not installed, and nobody installs it, the other reader is the only one.
  if (tested.error === undefined || process.env.CI === "true") expect(tested.status).toBe(0);
  const files = unzipSync(readFileSync(archive));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const keys = Object.keys(files).filter((path) => path.endsWith(".key"));
  expect(keys).toHaveLength(23);
  for (const key of keys) {
    const certificate = key.replace(/\.key$/, ".crt");
    expect(openssl("pkey", "-in", join(folder, key), "-pubout")).toBe(
      openssl("x509", "-in", join(folder, certificate), "-noout", "-pubkey"),
    );
  }
  expect(strFromU8(files["certificates.csv"] ?? new Uint8Array()).split("\r\n")).toHaveLength(1 + 23 + 1);

  // Until the person confirms, a download that broke can be repeated; afterwards it is refused.
  await expect(page.getByText("Have you saved the 23 private keys?")).toBeVisible();
  const runUrl = page.url();
  await page.getByRole("checkbox", { name: /the keys are in it/ }).check();
  await page.getByRole("button", { name: "Destroy the keys here…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Destroy them here" }).click();
  await expect(
    page.getByText("The private keys were handed over, and are not kept here any more."),
  ).toBeVisible();
  const again = await page.evaluate(async (url) => {
    const answer = await fetch(`${url}/files`, { method: "POST" });
    return { status: answer.status, text: await answer.text() };
  }, runUrl);
  expect(again).toEqual({ status: 410, text: expect.stringContaining("not kept here any more") });
  await expectAccessible(page);

  const results = await page.request.get(`${runUrl}/results`);
  expect((await results.text()).split("\r\n")).toHaveLength(1 + 23 + 1);
  await page.goto("/audit");
  const events = page.getByRole("table", { name: /^Audit events/ });
  await expect(events.getByText("Downloaded the private keys of a bulk run")).toBeVisible();
  await expect(events.getByText("Destroyed the private keys that a bulk run kept")).toBeVisible();

  await page.goto("/bulk");
  await expect(page.getByRole("link", { name: "Issue 23 certificates from a file" })).toBeVisible();
  await expectAccessible(page);
});

test("a page of another site gets no keys, and a half-made file is refused with a sentence", async ({
  page,
}) => {
  await page.goto("/bulk/issue");
  await page.getByLabel("Rows", { exact: true }).fill('name\n"never closed');
  await page.getByRole("button", { name: "Check the rows" }).click();
  await expect(page.getByText("Line 2: the quote that opens a cell is never closed.")).toBeVisible();
  for (const path of ["/bulk/issue/start", "/bulk/issue/check", "/bulk/00000000000000000000000000/files"]) {
    const answer = await page.request.post(path, { headers: { Origin: "https://evil.test" }, data: "{}" });
    expect(await answer.text()).toContain("another site");
  }
});

test("a run that was left is continued on its page", async ({ page }) => {
  await page.goto("/bulk/issue");
  const names = Array.from({ length: 300 }, (_, place) => `left-${place}.bulk.example.test`);
  await check(page, names.join("\n"));
  await page.getByRole("button", { name: "Issue 300 certificates" }).click();
  await page.waitForURL(/\/bulk\/[0-9a-z]{26}$/);
  const url = page.url();
  await page.goto("/bulk");
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(url);
  const proceed = page.getByRole("button", { name: "Continue" });
  const finished = page.getByText("Finished", { exact: true });
  await expect(proceed.or(finished).first()).toBeVisible();
  if (await proceed.isVisible()) await proceed.click();
  await expect(finished).toBeVisible();
  await expect(page.getByText("300 private keys wait for you, once")).toBeVisible();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByRole("link", { name: "left-100.bulk.example.test" })).toBeVisible();
});

test("ten thousand rows do not stall the page", async ({ page }) => {
  await page.goto("/bulk/issue");
  const names = Array.from(
    { length: 10_000 },
    (_, place) => `host-${place}.fleet.example.test,,,${place % 10 === 0 ? "x" : ""}`,
  );
  await page.getByLabel("Rows", { exact: true }).evaluate((area, text) => {
    (area as HTMLTextAreaElement).value = text;
  }, names.join("\n"));
  await page.evaluate(() => {
    const state = window as unknown as { longest: number };
    state.longest = 0;
    let last = performance.now();
    setInterval(() => {
      state.longest = Math.max(state.longest, performance.now() - last);
      last = performance.now();
    }, 10);
  });
  await page.getByRole("button", { name: "Check the rows" }).click();
  await expect(page.getByRole("heading", { name: "9,000 certificates can be issued" })).toBeVisible();
  await page.getByRole("button", { name: /^All/ }).click();
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByText("101 to 200 of 10,000")).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { longest: number }).longest)).toBeLessThan(2_000);
});
