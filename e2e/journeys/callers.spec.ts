import { certificateOf, connectProxy, makeService } from "#e2e/fixtures/access-screens.ts";
import { askDecision } from "#e2e/fixtures/ask-decision.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";

test("callers that a learning service let in are admitted with one click, or dismissed", async ({
  page,
  instance,
}) => {
  await page.goto("/clients/callers");
  await expectAccessible(page);
  const certificate = await certificateOf(
    page,
    await issueOnServer(page, "robot.callers.example.test", "client"),
  );
  const another = await certificateOf(page, await issueOnServer(page, "odd.callers.example.test", "client"));
  const service = await makeService(page, "Learning callers", true);
  const token = await connectProxy(page, "Callers edge", service);
  const ask = (who: string) => askDecision(instance, { token, service, certificate: who });

  // A change is in force within a second.
  await expect.poll(() => ask(certificate)).toEqual({ status: 200, reason: "learning" });
  expect(await ask(another)).toEqual({ status: 200, reason: "learning" });

  const row = page.getByRole("row").filter({ hasText: "robot.callers.example.test" });
  await expect(async () => {
    await page.goto(`/clients/callers?service=${service}`);
    await expect(row).toContainText("let in while learning", { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(row).toContainText("through Callers edge");
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.goto("/");
  await expect(
    page.getByText("Learning callers is learning: whoever has a sound certificate gets in"),
  ).toBeVisible();
  // Who ends the learning is told how many wait.
  await page.goto(`/services/${service}/edit`);
  await page.getByRole("radio", { name: "Refuse them" }).check();
  await expect(page.getByText(/^\d+ callers? that waits? (is|are) refused from then on$/)).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/clients/callers?service=${service}`);

  await row.getByRole("button", { name: /^Admit robot/ }).click();
  const dialog = page.getByRole("dialog", { name: "Admit robot.callers.example.test?" });
  await expect(dialog.getByRole("radio", { name: /^The name robot.callers.example.test/ })).toBeEnabled();
  await expectAccessible(page);
  await dialog.getByLabel("Name", { exact: true }).fill("");
  await dialog.getByRole("button", { name: "Admit it" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "It was not admitted" })).toBeVisible();
  await dialog.getByLabel("Name", { exact: true }).fill("Robot of the callers");
  await dialog.getByLabel(/^Environment/).fill("production");
  await dialog.getByRole("button", { name: "Admit it" }).click();
  await expect(
    page.getByText("Robot of the callers was granted Learning callers", { exact: true }),
  ).toBeVisible();
  await expect(row).toHaveCount(0);
  await expect.poll(() => ask(certificate)).toEqual({ status: 200, reason: "granted" });

  const odd = page.getByRole("row").filter({ hasText: "odd.callers.example.test" });
  await odd.getByRole("button", { name: /^Dismiss/ }).click();
  await expect(page.getByText("odd.callers.example.test is dismissed", { exact: true })).toBeVisible();
  await expect(odd).toHaveCount(0);
});

test("a client that comes to a service which it was not granted is granted it, without becoming another", async ({
  page,
  instance,
}) => {
  const certificate = await certificateOf(
    page,
    await issueOnServer(page, "known.callers.example.test", "client"),
  );
  const first = await makeService(page, "First of two", true);
  const firstToken = await connectProxy(page, "First edge", first);
  const second = await makeService(page, "Second of two");
  const secondToken = await connectProxy(page, "Second edge", second);
  await expect
    .poll(() => askDecision(instance, { token: firstToken, service: first, certificate }))
    .toEqual({ status: 200, reason: "learning" });
  const row = page.getByRole("row").filter({ hasText: "known.callers.example.test" });
  const open = async (service: string, answered: string) =>
    expect(async () => {
      await page.goto(`/clients/callers?service=${service}`);
      await expect(row).toContainText(answered, { timeout: 1_000 });
    }).toPass({ timeout: 60_000 });
  await open(first, "let in while learning");
  await row.getByRole("button", { name: /^Admit/ }).click();
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Known of two");
  await page.getByRole("button", { name: "Admit it" }).click();
  await expect(page.getByText("Known of two was granted First of two", { exact: true })).toBeVisible();

  await expect
    .poll(() => askDecision(instance, { token: secondToken, service: second, certificate }))
    .toEqual({ status: 403, reason: "not-granted" });
  await open(second, "not granted");
  await row.getByRole("button", { name: /^Admit/ }).click();
  await expect(page.getByText("It is a client already, and lacks only the grant.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Grant the service" }).click();
  await expect
    .poll(() => askDecision(instance, { token: secondToken, service: second, certificate }))
    .toEqual({ status: 200, reason: "granted" });
});
