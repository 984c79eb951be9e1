import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

test("an admin writes a profile, reads it in words and tries names before and after", async ({ page }) => {
  await page.goto("/profiles");
  await expect(page.getByRole("row").filter({ hasText: "Short-lived client" })).toContainText("1 day");
  await expectAccessible(page);
  await page.getByRole("link", { name: "New profile" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Payment workers");
  await expect(page.getByLabel("Short name")).toHaveValue("payment-workers");
  await page.getByLabel("Patterns for DNS names").fill("*.payments.example.com");
  await page.getByRole("checkbox", { name: "IP addresses" }).uncheck();
  await page.getByLabel("Usual", { exact: true }).fill("7");
  await page.getByLabel("Longest", { exact: true }).fill("5");
  const words = page.getByRole("complementary", { name: "What the rules mean" });
  await expect(words).toContainText("DNS names must fit *.payments.example.com");
  await expect(words).toContainText("IP addresses are refused.");
  await page.getByLabel("Try a name").fill("a.b.payments.example.com");
  await expect(words.getByRole("status")).toContainText("refused");
  await page.getByLabel("Try a name").fill("api.payments.example.com");
  await expect(words.getByRole("status")).toContainText(/fits\s*as DNS name/);
  await expectAccessible(page);

  await page.getByRole("button", { name: "Create the profile" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "was not saved" })).toContainText(
    "must stand in this order",
  );
  await page.getByLabel("Longest", { exact: true }).fill("30");
  await page.getByRole("button", { name: "Create the profile" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Payment workers" })).toBeVisible();
  await expect(page.getByText("A certificate lives 7 days unless")).toBeVisible();
  await expectAccessible(page);
});

test("the second of two admins sees what the first saved, and loses nothing", async ({ page, context }) => {
  const other = await context.newPage();
  await page.goto("/profiles/short-lived-client/edit");
  await other.goto("/profiles/short-lived-client/edit");
  await other.getByLabel("Names at most").fill("3");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("At most 3 names in one certificate.")).toBeVisible();
  await other.close();

  await page.getByLabel("Description").fill("Typed by the second");
  await page.getByRole("button", { name: "Save" }).click();
  const notice = page.getByRole("status").filter({ hasText: "was changed by Ada Admin" });
  await expect(notice).toContainText("At most 3 names in one certificate.");
  await expect(notice).toContainText("Typed by the second");
  await expect(page.getByLabel("Description")).toHaveValue("Typed by the second");
  await expectAccessible(page);

  await page.getByLabel("Names at most").fill("3");
  await page.getByRole("button", { name: "Save mine" }).click();
  await expect(page).toHaveURL(/\/profiles\/short-lived-client$/);
  await expect(page.getByText("Typed by the second")).toBeVisible();
  await expect(page.getByText("At most 3 names in one certificate.")).toBeVisible();
});

test("a profile is retired and brought back; the listeners' own cannot be", async ({ page }) => {
  await page.goto("/profiles/both");
  await page.getByRole("button", { name: "Retire" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Retire the profile" }).click();
  await page.getByRole("button", { name: "Reactivate" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Reactivate" }).click();
  await expect(page.getByRole("button", { name: "Retire" })).toBeVisible();

  await page.goto("/profiles/countersign-listener");
  await page.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("button", { name: "Retire the profile" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("need this profile");
});
