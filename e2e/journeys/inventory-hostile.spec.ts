import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

/** Puts other bytes of the same length into a certificate; its signature does not hold any more. */
function altered(der: Uint8Array, from: string, to: string): Buffer {
  const [old, fresh] = [Buffer.from(from), Buffer.from(to)];
  expect(fresh.length).toBe(old.length);
  const bytes = Buffer.from(der);
  for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + 1)) fresh.copy(bytes, at);
  return bytes;
}

async function importFile(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.goto("/certificates/import");
  await page.getByLabel("Choose files").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
}

test("markup, terminal escapes and turned writing in the names of others are shown as text", async ({
  page,
}) => {
  const root = await testAuthority();
  const { der } = await testLeaf(root, {
    subject: "CN=\\<img src\\=x onerror\\=alert(1)\\>,O=ESCAP red,OU=moc.BIDelgoog",
    extensions: { subjectAlternativeNames: [{ type: "dns", value: "hostile.example" }] },
  });
  const hostile = altered(altered(der, "ESCAP", "\u001b[31m"), "BID", "\u202E");
  await importFile(page, "hostile.der", hostile);
  await page.goto("/certificates?q=hostile.example");
  const row = page.getByRole("table", { name: "Certificates" }).getByRole("row").nth(1);
  await expect(row).toContainText("hostile.example");
  await expectAccessible(page);
  await row.getByRole("link").click();
  await expect(page.getByText(/<img src/).first()).toBeVisible();
  await expect(page.locator("img[src=x]")).toHaveCount(0);
  const text = await page.locator("main").textContent();
  expect(text).not.toContain("\u001b");
  expect(text).not.toContain("\u202E");
  await expectAccessible(page);
});

test("a certificate with thousands of names is shown by its first ones, and whole on demand", async ({
  page,
}) => {
  const root = await testAuthority();
  const names = Array.from({ length: 5_000 }, (_, index) => ({
    type: "dns" as const,
    value: `n${index}.many-names.example`,
  }));
  const { der } = await testLeaf(root, {
    subject: "CN=many names",
    extensions: { subjectAlternativeNames: names },
  });
  await importFile(page, "many.der", Buffer.from(der));
  await page.goto("/certificates?q=n4999.many-names.example");
  const row = page.getByRole("table", { name: "Certificates" }).getByRole("row").nth(1);
  await expect(row).toContainText("more");
  await row.getByRole("link").click();
  await expect(page.getByText("Show all 5,000 alternative names")).toBeVisible();
  await expect(page.getByText("n4999.many-names.example").first()).not.toBeVisible();
  await page.getByText("Show all 5,000 alternative names").click();
  await expect(page.getByText(/n4999\.many-names\.example/).first()).toBeVisible();
  await expectAccessible(page);
});
