import { certificateOf, connectProxy, makeService } from "#e2e/fixtures/access-screens.ts";
import { askDecision } from "#e2e/fixtures/ask-decision.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";

test("a press in the matrix grants a service, and another ends it: the proxy is answered so at once", async ({
  page,
  instance,
}) => {
  const path = await issueOnServer(page, "worker.matrix.example.test", "client");
  const certificate = await certificateOf(page, path);
  const home = await makeService(page, "Matrix home", true);
  const homeToken = await connectProxy(page, "Matrix home edge", home);
  const far = await makeService(page, "Matrix far");
  const farToken = await connectProxy(page, "Matrix far edge", far);
  const ask = () => askDecision(instance, { token: farToken, service: far, certificate });
  await expect
    .poll(() => askDecision(instance, { token: homeToken, service: home, certificate }))
    .toEqual({ status: 200, reason: "learning" });
  await expect(async () => {
    await page.goto(`/clients/callers?service=${home}`);
    await page.getByRole("button", { name: /^Admit worker/ }).click({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Matrix worker");
  await page.getByRole("button", { name: "Admit it" }).click();
  await expect(page.getByText("Matrix worker was granted Matrix home", { exact: true })).toBeVisible();

  await page.goto(`/clients/matrix?q=matrix+worker&service=${home}&service=${far}`);
  await expect(page.getByRole("button", { name: /^Matrix worker may call Matrix home/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Matrix worker may not call Matrix far: grant it" }).click();
  const granted = page.getByRole("button", {
    name: /^Matrix worker may call Matrix far, for 30 days unused/,
  });
  await expect(granted).toBeVisible();
  await expect.poll(ask).toEqual({ status: 200, reason: "granted" });
  await expect(async () => {
    await page.reload();
    await expect(
      page.getByRole("button", { name: /^Matrix worker may call Matrix far, last used/ }),
    ).toBeVisible({
      timeout: 1_000,
    });
  }).toPass({ timeout: 60_000 });

  await page.goto(`/services/${far}`);
  await expect(page.getByRole("row").filter({ hasText: "Matrix worker" })).toContainText("every path");
  await page.goto(`/clients/matrix?q=matrix+worker&service=${home}&service=${far}`);
  await page.getByRole("button", { name: /^Matrix worker may call Matrix far/ }).click();
  const dialog = page.getByRole("alertdialog", { name: "Take Matrix far from Matrix worker?" });
  await expect(dialog.getByText(/^It was used last at/)).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "End the grant" }).click();
  await expect(
    page.getByRole("button", { name: "Matrix worker may not call Matrix far: grant it" }),
  ).toBeVisible();
  await expect.poll(ask).toMatchObject({ status: 403 });

  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.goto("/clients/matrix?q=nobody-has-this-name");
  await expect(page.getByText("No client has such a name")).toBeVisible();
  await expectAccessible(page);
});
