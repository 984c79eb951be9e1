import type { Page } from "@playwright/test";
import { connectProxy, makeService } from "#e2e/fixtures/access-screens.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import type { Instance } from "#e2e/fixtures/instance.ts";
import { inviteAndAccept } from "#e2e/fixtures/invite.ts";
import { nginxAccessLine } from "#e2e/fixtures/nginx-access-line.ts";
import { sendLog } from "#e2e/fixtures/send-log.ts";

const NARROW = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 800 };

/** A service of its own with a proxy in front of it, and who sends that proxy's log. */
async function scene(page: Page, instance: Instance, name: string) {
  const service = await makeService(page, `${name} service`);
  const token = await connectProxy(page, `${name} edge`, service);
  const proxy = service.replace(/-service$/, "-edge");
  const log = (lines: readonly string[]) => sendLog(instance, { proxy, token }, lines);
  const expired = (commonName: string, times = 1) =>
    log(
      Array.from({ length: times }, () => {
        const at = new Date();
        const notAfter = new Date(at.getTime() - 3 * 86_400_000);
        return nginxAccessLine({ at, commonName, notAfter, verify: "FAILED:certificate has expired" });
      }),
    );
  const wentWell = (commonName: string) =>
    log([nginxAccessLine({ at: new Date(), commonName, verify: "SUCCESS" })]);
  return { service, proxy, log, expired, wentWell };
}

const rowOf = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

test("what fails is on the screen at once, narrowed by words and keys, without losing one's place", async ({
  page,
  context,
  instance,
}) => {
  const { service, log, expired } = await scene(page, instance, "Incident");
  await page.goto(`/failures?service=${service}`);
  await expect(page.getByText(/No open failure is like that|No proxy has sent its log yet/)).toBeVisible();
  await expectAccessible(page);

  // Nobody loads the page again.
  await expired("robot.incident.example.test", 3);
  const robot = rowOf(page, "robot.incident.example.test");
  await expect(robot).toContainText("Client certificate expired");
  await expect(robot).toContainText("Renew the certificate");
  await expect(robot.getByRole("cell").nth(4)).toHaveText(/3$/);
  await log([nginxAccessLine({ at: new Date(), commonName: "", verify: "NONE" })]);
  await expect(rowOf(page, "No client certificate")).toContainText("Somebody without a name");
  await expect(page.getByRole("img", { name: /^All causes: 4, at most/ })).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize(NARROW);
  await expectAccessible(page);
  await page.setViewportSize(WIDE);

  await page.locator("body").press("/");
  await page.keyboard.type("ROBOT expired");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=ROBOT\+expired/);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.locator("h1").click();
  await page.keyboard.press("j");
  const link = robot.getByRole("link", { name: "Client certificate expired" });
  await expect(link).toBeFocused();
  await expired("robot.incident.example.test");
  await expect(robot.getByRole("cell").nth(4)).toHaveText(/4$/);
  await expect(link).toBeFocused();

  // Who copies a name keeps it; who is cut off is told.
  await robot.getByText("robot.incident.example.test").selectText();
  await expect(page.getByText("waits while text is selected")).toBeVisible();
  await page.evaluate(() => document.getSelection()?.removeAllRanges());
  await context.setOffline(true);
  await expect(page.getByText("the server does not answer; trying on")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText(/^checked \d\d:\d\d:\d\d UTC$/)).toBeVisible();

  // The switch stands in the address, and stops the renewal.
  await page.getByRole("switch", { name: "Live" }).uncheck();
  await expect(page).toHaveURL(/live=off/);
  await expect(page).toHaveURL(/q=ROBOT/);
  await page.getByLabel("Cause", { exact: true }).selectOption({ label: "No client certificate" });
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByText("No open failure is like that")).toBeVisible();
  await expect(page.getByText(/Checked \d{4}-/)).toBeVisible();
  await page.getByRole("link", { name: "Show all that are open" }).click();
  await expect(page).toHaveURL(/\/failures\?live=off$/);

  await page.getByText("The same in numbers").click();
  await expect(page.getByRole("table", { name: /by cause$/ })).toBeVisible();
  await page.getByRole("link", { name: "90 days" }).click();
  await expect(page).toHaveURL(/span=90d/);
  await expectAccessible(page);
});

test("a failure tells why, what to do and every line, is shared, assigned, resolved, and opened by what happens", async ({
  page,
  context,
  instance,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { service, log, expired, wentWell } = await scene(page, instance, "Detail");
  await expired("robot.detail.example.test", 2);
  await log([
    nginxAccessLine({
      ...{ at: new Date(), verify: "FAILED:certificate has expired" },
      commonName: "robot.detail.example.test",
      notAfter: new Date(Date.now() - 86_400_000),
      peer: "192.0.2.99",
    }).replace('"user_agent":"test"', '"user_agent":"<b id=broken>\\u001b[31m"'),
  ]);
  await page.goto(`/failures?service=${service}`);
  await page.getByRole("link", { name: "Client certificate expired" }).last().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Client certificate expired");
  await expect(page.getByText("CN=robot.detail.example.test").first()).toBeVisible();
  await expect(page.getByText("Renew the certificate and give it to the client.").first()).toBeVisible();
  await expect(page.getByText("Whoever runs the client can mend it.")).toBeVisible();
  await expect(page.getByText("192.0.2.44, 192.0.2.99")).toBeVisible();
  // Mending it at the proxy would mend others.
  await expired("second.detail.example.test");
  await expect(async () => {
    await page.reload();
    const others = page.getByText("Another failure is open at Detail edge for the same cause.");
    await expect(others).toBeVisible({ timeout: 2_000 });
  }).toPass();
  const handshakes = page.getByRole("list", { name: "Handshakes" }).getByRole("listitem");
  await expect(handshakes).toHaveCount(3);
  await expect(handshakes.first()).toContainText("<b id=broken>");
  await expect(page.locator("#broken")).toHaveCount(0);
  await expectAccessible(page);
  await page.setViewportSize(NARROW);
  await expectAccessible(page);
  await page.setViewportSize(WIDE);

  await page.getByRole("button", { name: "Copy link" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  await page.getByRole("button", { name: "Assign" }).click();
  await page.getByRole("menuitem", { name: "Assign to me" }).click();
  await expect(page.getByRole("button", { name: "Assigned to Ada Admin" })).toBeVisible();

  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByText("It is resolved", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(page.getByRole("button", { name: "Resolve" })).toBeVisible();
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByRole("button", { name: "Open again" })).toBeVisible();

  // What happens again opens it, on the page that is open.
  await expect(async () => {
    await expired("robot.detail.example.test");
    await expect(page.getByText("It came back", { exact: true })).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expectAccessible(page);
  await page.goto(`/failures?service=${service}&mine=yes`);
  await expect(rowOf(page, "robot.detail.example.test")).toContainText("came back");

  await expect(async () => {
    await wentWell("robot.detail.example.test");
    await expect(page.getByText("No open failure is like that")).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await page.getByRole("link", { name: /^Resolved/ }).click();
  await expect(rowOf(page, "robot.detail.example.test")).toContainText("resolved itself");
  await page.getByRole("link", { name: "Client certificate expired" }).last().click();
  await expect(page.getByText("It resolved itself", { exact: true })).toBeVisible();
  await expectAccessible(page);

  // Who did what to it leads back to it, and an address of none is a page that says so.
  const path = new URL(page.url()).pathname;
  await page.goto("/audit?action=failure.resolved");
  const done = page.getByRole("row").filter({ hasText: "robot.detail.example.test" }).first();
  await expect(done.locator(`a[href="${path}"]`)).toBeVisible();
  for (const none of ["/failures/%00", "/failures/0"]) {
    await page.goto(none);
    await expect(page.getByText("There is no such failure")).toBeVisible();
  }
  await page.goto("/failures?client=%00&certificate=%00");
  await expect(page.getByText("No open failure is like that")).toBeVisible();
  await expectAccessible(page);
});

test("a muted failure stays out of sight until it gets worse", async ({ page, instance }) => {
  const { service, expired } = await scene(page, instance, "Muted");
  await expired("robot.muted.example.test");
  await page.goto(`/failures?service=${service}`);
  await page.getByRole("link", { name: "Client certificate expired" }).last().click();
  await page.getByRole("button", { name: "Mute…" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Mute this failure?" });
  await expectAccessible(page);
  await dialog.getByLabel("How long").selectOption("Until a time…");
  await dialog.getByRole("button", { name: "Mute it" }).click();
  await expect(dialog.getByText("Say until when it is muted.")).toBeVisible();
  await dialog.getByLabel("How long").selectOption("With no end");
  await expect(dialog.getByLabel("Come back sooner if it gets worse")).toBeDisabled();
  await dialog.getByRole("button", { name: "Mute it" }).click();
  await expect(page.getByText("It is muted", { exact: true })).toBeVisible();
  await expectAccessible(page);
  const failure = page.url();

  await page.goto(`/failures?service=${service}`);
  await expect(page.getByText("No open failure is like that")).toBeVisible();
  await page.getByRole("link", { name: /^Muted/ }).click();
  await expect(rowOf(page, "robot.muted.example.test")).toContainText("back when it gets worse");
  await page.goto(failure);
  await expired("robot.muted.example.test", 30);
  await expect(page.getByText("It is not muted any more", { exact: true })).toBeVisible();
  await expect(page.getByText(/It got worse: \d+ an hour/).first()).toBeVisible();
  await expectAccessible(page);
});

test("who may only look sees failures, and no buttons that change them", async ({
  page,
  browser,
  instance,
}) => {
  const { service, expired } = await scene(page, instance, "Looked at");
  await expired("robot.looked.example.test");
  const { theirs } = await inviteAndAccept(page, browser, "Fiona", "viewer");
  await theirs.goto(`/failures?service=${service}`);
  await theirs.getByRole("link", { name: "Client certificate expired" }).last().click();
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText("Client certificate expired");
  await expect(theirs.getByRole("button", { name: "Copy link" })).toBeVisible();
  for (const name of ["Resolve", "Mute…", "Assign"]) {
    await expect(theirs.getByRole("button", { name, exact: true })).toHaveCount(0);
  }
  await expectAccessible(theirs);
  await theirs.context().close();

  await page.goto("/");
  const findings = page.getByRole("region", { name: "Needs a person" });
  await expect(findings).toContainText(/failures? (is|are) open/);
  await expectAccessible(page);
  // A page that is open in a browser that was signed out says so, and does not ask for ever.
  await page.goto(`/failures?service=${service}`);
  await page.context().clearCookies();
  await expect(page.getByText("signed out: load the page again")).toBeVisible();
});
