import { certificateOf, makeService } from "#e2e/fixtures/access-screens.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";

test("an engineer finds out rule by rule why a caller is refused, and is led to what mends it", async ({
  page,
}) => {
  const service = await makeService(page, "Explained service");
  const path = await issueOnServer(page, "refused.explain.example.test", "client");
  const certificate = await certificateOf(page, path);
  await page.goto(`/explain?service=${service}`);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Choose a certificate." })).toBeVisible();

  await page.getByLabel("Find it").fill("refused.explain");
  await page.getByRole("button", { name: "Take refused.explain.example.test" }).click();
  await page.getByLabel("Path").fill("/orders/7");
  await page.getByLabel("Method").selectOption("POST");
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await expect(page.getByText("The caller is refused by Explained service: unknown caller")).toBeVisible();
  const rules = page.getByRole("list", { name: "Rules, in their order" });
  await expect(rules.getByRole("listitem")).toHaveCount(12);
  await expect(rules.getByRole("listitem").filter({ hasText: "Who is it?" })).toContainText("This decides.");
  await expect(rules.getByRole("listitem").filter({ hasText: "May the client do this?" })).toContainText(
    "not asked",
  );
  await expect(page.getByRole("link", { name: "Callers from traffic" })).toHaveAttribute(
    "href",
    `/clients/callers?service=${service}`,
  );
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.getByRole("radio", { name: "Paste it" }).check();
  await page.getByRole("textbox", { name: "Certificate" }).fill("no certificate at all");
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This could not be explained" })).toBeVisible();
  await page.getByRole("textbox", { name: "Certificate" }).fill(certificate);
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await expect(page.getByText("The caller is refused by Explained service: unknown caller")).toBeVisible();
  await expect(page.getByText("refused.explain.example.test", { exact: true })).toBeVisible();

  // One of a server is refused for what it is made for, before anybody asks who it is.
  const server = await issueOnServer(page, "server.explain.example.test", "server");
  await page.goto(`/explain?service=${service}&certificate=${server.split("/").at(-1)}`);
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await expect(page.getByText("The caller is refused by Explained service: not for clients")).toBeVisible();
  await expect(rules.getByRole("listitem").filter({ hasText: "Who is it?" })).toContainText("not met");
});
