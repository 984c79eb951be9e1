import { certificateOf, makeService } from "#e2e/fixtures/access-screens.ts";
import { askDecision } from "#e2e/fixtures/ask-decision.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";
import { ask } from "#e2e/fixtures/protocol-plane.ts";

test("an admin connects a proxy: its token once, its configuration, and whether it arrives", async ({
  page,
  context,
  instance,
}) => {
  const certificate = await certificateOf(
    page,
    await issueOnServer(page, "visitor.proxy.example.test", "client"),
  );
  const service = await makeService(page, "Connected service");
  await page.goto(`/proxies/new?service=${service}`);
  await expect(page.getByRole("checkbox", { name: "Connected service" })).toBeChecked();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make its token" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The proxy was not connected" })).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Connected edge");
  await page.getByRole("button", { name: "Make its token" }).click();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  const token = (await page.locator("code").first().textContent()) ?? "";
  expect(token).toMatch(/^csp_\w+/);

  // The names are those of this instance, and the token stands where it belongs.
  const { port } = new URL(instance.protocolHttps);
  await expect(page.getByText(`localhost:${port}`).first()).toBeVisible();
  await expect(page.getByText(`/v1/decision/${service}`).first()).toBeVisible();
  await expect(page.getByText(`Bearer ${token}`).first()).toBeVisible();
  await page.getByLabel("Application behind it").fill("10.0.0.5:9000; evil");
  await page.getByRole("button", { name: "Write the configuration" }).click();
  await expect(page.getByText("Say host:port, such as 127.0.0.1:8080.")).toBeVisible();
  await page.getByLabel("Application behind it").fill("10.0.0.5:9000");
  await page.getByLabel("Protocol planes").fill("one.example.test:3443, two.example.test:3443");
  await page.getByRole("button", { name: "Write the configuration" }).click();
  await expect(page.getByText("two.example.test:3443").last()).toBeVisible();
  await expect(page.getByText("10.0.0.5:9000").first()).toBeVisible();
  await page.getByRole("radio", { name: "It decides from a file" }).check();
  await expect(page.getByText(`--service ${service} --format nginx`).first()).toBeVisible();
  await expect(page.getByText("nginx cannot do").first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("radio", { name: "It asks about each request" }).check();
  await expect(page.getByText(`/v1/decision/${service}`).first()).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.getByRole("button", { name: "Test the connection" }).click();
  await expect(page.getByText("Nothing arrived yet")).toBeVisible();
  await expect
    .poll(() => askDecision(instance, { token, service, certificate }))
    .toEqual({ status: 403, reason: "client-unknown" });
  await expect(page.getByText("It arrives")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Somebody who is not known")).toBeVisible({ timeout: 60_000 });
  await expect(
    page.getByRole("list", { name: "Callers that are not admitted" }).getByText("visitor.proxy.example.test"),
  ).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Stop" }).click();
  await expectAccessible(page);

  // Nobody leaves a token behind by accident.
  const warning = page.getByRole("dialog", { name: "The token was not copied" });
  await page.getByRole("link", { name: "Go to the proxy" }).click();
  await expect(warning).toBeVisible();
  await expectAccessible(page);
  await warning.getByRole("button", { name: "Stay" }).click();
  await page.goBack();
  await expect(warning).toBeVisible();
  await warning.getByRole("button", { name: "Stay" }).click();
  await expect(page.locator("code").first()).toHaveText(token);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy token of Connected edge" }).click();
  await expect(page.getByText("Copied the token of Connected edge")).toBeAttached();
  await page.getByRole("link", { name: "Go to the proxy" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Connected edge" })).toBeVisible();
  await expect(page.getByText("connected", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(token)).toHaveCount(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
});

test("the page of a token fits a phone whatever the proxy is called, and its form names what is missing", async ({
  page,
}) => {
  const service = await makeService(page, "Narrow service");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/proxies/new");
  const name = `Narrow${"x".repeat(58)}`;
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Short name").fill("narrow-edge");
  await page.getByRole("checkbox", { name: "Narrow service" }).uncheck();
  await page.getByRole("button", { name: "Make its token" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "choose a service" })).toBeVisible();
  await page.getByRole("checkbox", { name: "Narrow service" }).check();
  await page.getByRole("button", { name: "Make its token" }).click();
  await expect(page.getByRole("button", { name: `Copy token of ${name}` })).toBeVisible();
  await expect(page.getByText(`/v1/decision/${service}`).first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("a lost token is replaced, and the one before is worth nothing", async ({ page, instance }) => {
  const service = await makeService(page, "Rekeyed service");
  await page.goto(`/proxies/new?service=${service}`);
  await page.getByLabel("Name", { exact: true }).fill("Rekeyed edge");
  await page.getByRole("button", { name: "Make its token" }).click();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  const before = (await page.locator("code").first().textContent()) ?? "";
  await expect
    .poll(() => askDecision(instance, { token: before, service }))
    .toEqual({ status: 401, reason: "certificate-absent" });

  await page.goto("/proxies/rekeyed-edge");
  await page.getByRole("link", { name: "Configuration" }).click();
  await expect(page.getByText("csp_TOKEN-OF-THIS-PROXY").first()).toBeVisible();
  await page.goto("/proxies/rekeyed-edge");
  await page.getByRole("button", { name: "Replace the token…" }).click();
  await expectAccessible(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Replace the token" }).click();
  const dialog = page.getByRole("dialog", { name: "The new token of Rekeyed edge" });
  await dialog.getByRole("button", { name: "Show", exact: true }).click();
  const after = (await dialog.locator("code").textContent()) ?? "";
  expect(after).not.toBe(before);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect
    .poll(() => askDecision(instance, { token: before, service }))
    .toEqual({ status: 401, reason: "proxy-unknown" });
  await expect
    .poll(() => askDecision(instance, { token: after, service }))
    .toEqual({ status: 401, reason: "certificate-absent" });

  await page.getByRole("link", { name: "Change", exact: true }).click();
  await page.getByLabel("Kind").selectOption("haproxy");
  await page.getByLabel("Trust bundle that it loads").selectOption({ label: "Our clients" });
  await page.getByLabel("Version of its software").fill("haproxy 2.6");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: /is no version, such as 1\.22\.1/ })).toBeVisible();
  await page.getByLabel("Version of its software").fill("2.6.12-1+deb12u4");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("x-client-cert-der")).toBeVisible();
  await expect(page.getByRole("link", { name: "Our clients" })).toBeVisible();
  await expect(page.getByText("2.6.12-1+deb12u4")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Retire…" }).click();
  const retirement = page.getByRole("alertdialog", { name: "Retire Rekeyed edge?" });
  await expect(retirement.getByText("Rekeyed service")).toBeVisible();
  await retirement.getByLabel(/^Type rekeyed-edge/).fill("rekeyed-edge");
  await retirement.getByRole("button", { name: "Retire the proxy" }).click();
  await expect
    .poll(() => askDecision(instance, { token: after, service }))
    .toEqual({ status: 401, reason: "proxy-unknown" });
  await page.goto("/proxies");
  await expect(page.getByRole("row").filter({ hasText: "rekeyed-edge" })).toHaveCount(0);
  await expectAccessible(page);
});

test("who cuts a proxy off is told that it goes on with its list", async ({ page, instance }) => {
  const service = await makeService(page, "Listed service");
  await makeService(page, "Other listed service");
  await page.goto(`/proxies/new?service=${service}`);
  await page.getByLabel("Name", { exact: true }).fill("Listed edge");
  await page.getByRole("checkbox", { name: "Other listed service" }).check();
  await page.getByRole("button", { name: "Make its token" }).click();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  const token = (await page.locator("code").first().textContent()) ?? "";
  const fetched = async () => {
    const path = `/v1/services/${service}/allowlist.nginx`;
    return (await ask(instance.protocolHttps, { path, headers: { Authorization: `Bearer ${token}` } }))
      .status;
  };
  await expect.poll(fetched).toBe(200);
  await expect(async () => {
    await page.goto("/proxies/listed-edge");
    await expect(page.getByRole("table", { name: "Allowlists that this proxy holds" })).toBeVisible();
  }).toPass();

  await page.getByRole("button", { name: "Replace the token…" }).click();
  const replacement = page.getByRole("alertdialog");
  await expect(replacement).toContainText("no newer one until it has the new token");
  await expect(replacement).toContainText("still enters there");
  await expectAccessible(page);
  await replacement.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Retire…" }).click();
  const retirement = page.getByRole("alertdialog");
  await expect(retirement).toContainText("Requests through it to Other listed service are refused.");
  await expect(retirement).toContainText("a list who may enter Listed service, and gets no newer one");
  await expectAccessible(page);
  await retirement.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("link", { name: "Change", exact: true }).click();
  const notice = page.getByText("It goes on with the list that it has");
  await page.getByRole("checkbox", { name: "Other listed service" }).uncheck();
  await expect(notice).toHaveCount(0);
  await page.getByRole("checkbox", { name: "Other listed service" }).check();
  await page.getByRole("checkbox", { name: "Listed service", exact: true }).uncheck();
  await expect(notice).toBeVisible();
  await expectAccessible(page);
});
