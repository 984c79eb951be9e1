import { X509Certificate } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";

const rows = (page: Page): Locator => page.getByRole("table", { name: "Certificates" }).getByRole("row");
const field = (page: Page): Locator => page.getByLabel(/^Search by name/);

async function search(page: Page, question: string): Promise<void> {
  await field(page).fill(question);
  await field(page).press("Enter");
}

async function certificateAt(page: Page, path: string): Promise<{ x509: X509Certificate; pem: string }> {
  const pem = await (await page.request.get(`${path}/download/pem`)).text();
  return { x509: new X509Certificate(pem), pem };
}

/** Exactly this one is listed. */
async function expectOnly(page: Page, name: string): Promise<void> {
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).nth(1)).toContainText(name);
}

test("a certificate is found by each thing that somebody may have at hand", async ({ page }) => {
  await issueOnServer(page, "other.unlike.test");
  const path = await issueOnServer(page, "needle.haystack.test");
  const { x509, pem } = await certificateAt(page, path);
  const hex = x509.serialNumber.toLowerCase();
  const questions = {
    "the beginning of a name": "needle.hay",
    "the beginning in capitals": "NEEDLE.",
    "the end of a name": ".haystack.test",
    "the serial number as openssl prints it": hex.replaceAll(/(..)(?=.)/g, "$1:").toUpperCase(),
    "the serial number in decimal": BigInt(`0x${hex}`).toString(),
    "the SHA-1 fingerprint with colons": x509.fingerprint,
    "the SHA-256 fingerprint with colons": x509.fingerprint256,
    "the SHA-256 fingerprint in bare hexadecimal": x509.fingerprint256.replaceAll(":", "").toLowerCase(),
  };
  await page.goto("/certificates");
  for (const [what, question] of Object.entries(questions)) {
    await search(page, question);
    await expect(rows(page), what).toHaveCount(2);
    await expect(rows(page).nth(1), what).toContainText("needle.haystack.test");
    await page.getByRole("button", { name: "Clear the search" }).click();
    await expect(page).toHaveURL(/\/certificates$/);
  }

  await field(page).focus();
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  }, pem);
  await expectOnly(page, "needle.haystack.test");
  // The certificate itself is in no address, and so in no log.
  expect(new URL(page.url()).searchParams.get("q")).toBe(
    x509.fingerprint256.replaceAll(":", "").toLowerCase(),
  );
});

test("what is found nowhere, or is a private key, is said", async ({ page }) => {
  await page.goto("/certificates");
  await search(page, "%");
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await expect(page.getByText("has a name that begins or ends with")).toBeVisible();
  await expectAccessible(page);
  await search(page, "<b>x</b>");
  await expect(page.getByRole("list", { name: "Filters in use" })).toContainText("<b>x</b>");
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await search(page, "\u001b[31m");
  await expect(page.getByText("What is searched for holds the control character U+001B")).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(`${request.url()} ${request.postData() ?? ""}`));
  await search(page, "-----BEGIN PRIVATE KEY----- MIGHsecret -----END PRIVATE KEY-----");
  await expect(page.getByText("That is a private key. It was not sent anywhere")).toBeVisible();
  await expect(field(page)).toHaveValue("");
  expect(asked.filter((text) => text.includes("MIGH"))).toEqual([]);
  await page.goto("/certificates?status=dead");
  await expect(page.getByText("This address does not say what to show")).toBeVisible();
  await page.getByRole("link", { name: "Show all certificates" }).click();
  await expect(rows(page).nth(1)).toBeVisible();
  await page.goto("/certificates?after=made-up");
  await expect(page).toHaveURL(/\/certificates$/);
});

test("a filter is shared by its address, sorted, and taken away part by part", async ({
  page,
  browser,
  instance,
}) => {
  for (const name of ["b.sorted.test", "a.sorted.test", "c.sorted.test"]) await issueOnServer(page, name);
  await page.goto("/certificates");
  await search(page, ".sorted.test");
  await expect(rows(page)).toHaveCount(4);
  await page.getByRole("button", { name: "Profile" }).click();
  await page.getByRole("checkbox", { name: /^Server/ }).check();
  await expect(page).toHaveURL(/profile=server/);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Expires" }).click();
  await page.getByRole("button", { name: "in the next 90 days" }).click();
  await expect(page).toHaveURL(/expires-from=.*expires-to=/);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Name", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await expect(rows(page).nth(1)).toContainText("a.sorted.test");
  await page.getByRole("link", { name: "Name", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");
  await expect(rows(page).nth(1)).toContainText("c.sorted.test");
  await expect(page.getByText(/^3 of \d+ certificates match$/)).toBeVisible();

  const colleague = await browser.newContext({ storageState: instance.adminState, baseURL: instance.url });
  const shared = await colleague.newPage();
  await shared.goto(page.url());
  await expect(rows(shared)).toHaveCount(4);
  await expect(rows(shared).nth(1)).toContainText("c.sorted.test");
  const chips = shared.getByRole("list", { name: "Filters in use" });
  await expect(chips).toContainText("in the next 90 days");
  await expectAccessible(shared);
  await chips.getByRole("link", { name: "Remove the filter Search .sorted.test" }).click();
  await expect(chips).not.toContainText(".sorted.test");
  await chips.getByRole("link", { name: "Clear all" }).click();
  await expect(chips).toHaveCount(0);
  await expect(shared).toHaveURL(/\/certificates\?sort=-name$/);
  await colleague.close();
});

test("long lists are stepped through in pages, and each row is met once", async ({ page }) => {
  test.slow();
  for (let number = 0; number < 3; number++) await issueOnServer(page, `paged-${number}.test`);
  await page.goto("/certificates?sort=name");
  // Other journeys have left some as well; how many depends on the order in which they ran.
  const hrefs = () =>
    rows(page)
      .locator('a[href^="/certificates/"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  const stepped: string[] = [];
  let first: string | undefined;
  for (;;) {
    // The list is streamed in behind the page: wait until a page is there, and another than the last.
    await expect.poll(async () => (await hrefs())[0] ?? first).not.toBe(first);
    const names = await hrefs();
    first = names[0];
    stepped.push(...names);
    const next = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Next" });
    if ((await next.count()) === 0) break;
    await next.click();
  }
  expect(stepped.length).toBeGreaterThan(2);
  expect(new Set(stepped).size).toBe(stepped.length);
  await page.goto("/certificates?sort=name");
  await page.getByRole("link", { name: "200 rows on a page" }).click();
  await expect(page).toHaveURL(/limit=200/);
  await expect.poll(hrefs).toEqual(stepped.slice(0, 200));
});
