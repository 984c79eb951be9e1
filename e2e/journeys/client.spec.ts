import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { certificateOf, makeService } from "#e2e/fixtures/access-screens.ts";
import { createClient, takeKey } from "#e2e/fixtures/client-by-hand.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { inviteAndAccept } from "#e2e/fixtures/invite.ts";

/** A key and a signing request as somebody makes them elsewhere, PEM. */
function keyAndCsr(commonName: string): { key: string; csr: string } {
  const folder = mkdtempSync(join(tmpdir(), "countersign-csr-"));
  const file = (name: string) => join(folder, name);
  const words = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const files = ["-keyout", file("key"), "-out", file("csr"), "-subj", `/CN=${commonName}`];
  execFileSync("openssl", [...words, ...files], { stdio: "ignore" });
  const [key = "", csr = ""] = ["key", "csr"].map((name) => readFileSync(file(name), "utf8"));
  rmSync(folder, { recursive: true });
  return { key, csr };
}

/** On the narrowest of phones, too. */
async function expectAccessibleNarrow(page: Page): Promise<void> {
  const wide = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize(wide);
}

test("an admin creates a client in one flow: what it may call, how long, and a key made in the browser", async ({
  page,
}) => {
  const sent: string[] = [];
  page.on("request", (request) => sent.push(request.postData() ?? ""));
  await makeService(page, "Flow orders");
  await page.goto("/clients/new");
  await expectAccessible(page);
  await expectAccessibleNarrow(page);
  await page.getByRole("button", { name: "Create the client and issue" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Name needs a name" })).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("flow-worker");
  await page.getByLabel("Environment").fill("production");
  await page.getByLabel("Owner").fill("Platform");
  await page.getByRole("combobox", { name: "Service" }).selectOption({ label: "Flow orders" });
  await page.getByText("Only parts of it, or only for some time").click();
  await page.getByLabel("Only these paths").fill("/v1/orders");
  await page.getByLabel("Only these methods").fill("get post");
  await page.getByLabel("Name 1", { exact: true }).fill("flow-worker.example.test");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create the client and issue" }).click();
  await expect(page.getByText("The private key was made in this browser and never sent")).toBeVisible();
  await expectAccessible(page);
  await takeKey(page);

  await expect(page.getByRole("heading", { level: 1, name: "flow-worker" })).toBeVisible();
  const reach = page.getByRole("table", { name: "Services that it can reach" });
  await expect(reach.getByRole("row").filter({ hasText: "Flow orders" })).toContainText(
    "GET, POST on /v1/orders",
  );
  await expect(page.getByRole("link", { name: "flow-worker.example.test" })).toBeVisible();
  await expectAccessible(page);
  await expectAccessibleNarrow(page);
  expect(sent.join("\n")).toContain("BEGIN CERTIFICATE REQUEST");
  expect(sent.join("\n")).not.toContain("PRIVATE KEY");

  await page.goto("/clients?q=flow-work");
  const row = page.getByRole("row").filter({ hasText: "flow-worker" });
  await expect(row).toContainText("production · Platform");
  await expect(row).toContainText("Flow orders");
  await expectAccessible(page);
  await expectAccessibleNarrow(page);
});

test("a client's certificate comes from a signing request, from the inventory, from the clipboard, or later", async ({
  page,
}) => {
  const { key, csr } = keyAndCsr("asked-by-csr");
  const begin = async (name: string) => {
    await page.goto("/clients/new");
    await page.getByLabel("Name", { exact: true }).fill(name);
  };
  await begin("csr-worker");
  await page.getByRole("radio", { name: "This key", exact: true }).check();
  await page.getByRole("radio", { name: "Issued now, for a CSR" }).check();
  await page.getByLabel("Certificate signing request").fill(csr);
  await page.getByRole("button", { name: "Create the client and issue" }).click();
  const issued = page.getByRole("dialog", { name: "Take the certificate of asked-by-csr" });
  await expect(issued).toBeVisible();
  await expectAccessible(page);
  const downloaded = page.waitForEvent("download");
  await issued.getByRole("button", { name: "Certificate and chain" }).click();
  const file = readFileSync(await (await downloaded).path(), "utf8");
  expect(file.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(1);
  await issued.getByRole("button", { name: "Open the client" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "csr-worker" })).toBeVisible();
  await expect(page.getByText("any certificate with the key")).toBeVisible();
  const certificate = await page.getByRole("link", { name: "asked-by-csr" }).getAttribute("href");
  const pem = await certificateOf(page, certificate ?? "");

  // The same certificate for a second client is refused, whether it is pasted or found.
  await begin("twin-worker");
  await page.getByRole("radio", { name: "This key", exact: true }).check();
  await page.getByRole("radio", { name: "It has one already" }).check();
  await page.getByRole("radio", { name: "Paste it" }).check();
  await page.getByRole("textbox", { name: "Certificate", exact: true }).fill(key);
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "That is a private key" })).toBeVisible();
  await page.getByRole("textbox", { name: "Certificate", exact: true }).fill(pem);
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The key is that of csr-worker" })).toBeVisible();
  await expectAccessible(page);
  // The certificate alone says less than its key, which is csr-worker's: as a proof of its own it is free.
  await page.getByRole("radio", { name: "This certificate" }).check();
  await page.getByRole("radio", { name: "One of the inventory" }).check();
  await page.getByLabel("Find it").fill("asked-by-csr");
  await page.getByRole("button", { name: "Take asked-by-csr" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "twin-worker" })).toBeVisible();

  await begin("later-worker");
  await page.getByRole("radio", { name: "Later" }).check();
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByText("Nothing proves it now")).toBeVisible();
  await expectAccessible(page);
  await begin("LATER-worker");
  await page.getByRole("radio", { name: "Later" }).check();
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The name is that of later-worker" })).toBeVisible();
});

test("suspend is one press in the list, and one press takes it back", async ({ page, browser }) => {
  const path = await createClient(page, "pausing-worker");
  await page.goto("/clients?q=pausing");
  await page.getByRole("button", { name: "Suspend pausing-worker" }).click();
  await expect(page.getByText("Suspended pausing-worker", { exact: true })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "pausing-worker" })).toContainText("suspended");
  // At once: the message goes after some seconds, and with it its button.
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Resumed pausing-worker", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Suspend pausing-worker" })).toBeVisible();
  await expectAccessible(page);

  await page.goto(path);
  await page.getByRole("button", { name: "Suspend pausing-worker" }).click();
  await expect(page.getByText("It is suspended")).toBeVisible();
  await expectAccessible(page);
  const { theirs } = await inviteAndAccept(page, browser, "Clara", "viewer");
  await theirs.goto(path);
  await expect(theirs.getByText("It is suspended")).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Resume pausing-worker" })).toHaveCount(0);
  await expectAccessible(theirs);
  await theirs.context().close();

  await page.goto(path);
  await page.getByRole("button", { name: "Resume pausing-worker" }).click();
  await expect(page.getByText("It is suspended")).toHaveCount(0);
});

test("services are granted and taken, and facts changed, on the client's page", async ({ page }) => {
  await makeService(page, "Granted later");
  const path = await createClient(page, "growing-worker");
  await expect(page.getByText("It may call nothing now")).toBeVisible();
  await page.getByRole("button", { name: "Grant a service" }).click();
  const dialog = page.getByRole("dialog", { name: "What may growing-worker call?" });
  await dialog.getByRole("combobox", { name: "Service" }).selectOption({ label: "Granted later" });
  await dialog.getByText("Only parts of it, or only for some time").click();
  await dialog.getByLabel("Only these paths").fill("no/path");
  await dialog.getByRole("button", { name: "Grant it" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "no path that every program" })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("Only these paths").fill("");
  await dialog.getByRole("button", { name: "Grant it" }).click();
  const reach = page.getByRole("table", { name: "Services that it can reach" });
  await expect(reach).toContainText("Granted later");
  await page.getByRole("button", { name: "End the grant for Granted later…" }).click();
  const end = page.getByRole("alertdialog", { name: "Take Granted later from growing-worker?" });
  await expect(end.getByText("It was not seen in 30 days.")).toBeVisible();
  await expectAccessible(page);
  await end.getByRole("button", { name: "End the grant" }).click();
  await expect(reach).toHaveCount(0);
  await expect(page.getByText("1 grant has ended")).toBeVisible();

  await page.getByRole("link", { name: "Change", exact: true }).click();
  await page.getByLabel("Tags").fill("team:platform EU");
  await page.getByLabel("End of the client (UTC)").fill("2020-01-01T00:00");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "The end of the client's life is not in the future" }),
  ).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("End of the client (UTC)").fill("2040-01-01T00:00");
  await page.getByRole("checkbox", { name: "Protect it from being retired" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(new RegExp(`${path}$`));
  await expect(page.getByText("2040-01-01 00:00:00 UTC")).toBeVisible();
  await expect(page.getByRole("button", { name: "Retire…" })).toBeDisabled();
});

test("a client is retired for good by its name, and its certificate is revoked with it", async ({ page }) => {
  const path = await createClient(page, "leaving-worker");
  await page.getByRole("button", { name: "Retire…" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Retire leaving-worker?" });
  await expect(dialog.getByText("It was never seen anywhere.")).toBeVisible();
  await dialog.getByRole("checkbox", { name: "Revoke its certificate too" }).check();
  await expect(dialog.getByRole("button", { name: "Retire and revoke" })).toBeDisabled();
  await dialog.getByLabel(/^Type leaving-worker/).fill("leaving-worker");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Retire and revoke" }).click();
  await expect(page.getByText("It is retired")).toBeVisible();
  await expect(page.getByRole("button", { name: "Retire…" })).toHaveCount(0);
  await expectAccessible(page);
  await page.goto("/clients?state=retired");
  await expect(page.getByRole("row").filter({ hasText: "leaving-worker" })).toContainText("retired");
  await page.goto(path);
  await page.getByText("1 that has ended").click();
  await page.getByRole("link", { name: "leaving-worker" }).click();
  await expect(page.getByText("Revoked for good: no longer needed")).toBeVisible();

  // With that certificate nobody gets in: whoever pins it is asked whether it is meant.
  await page.goto("/clients/new");
  await page.getByLabel("Name", { exact: true }).fill("follower-worker");
  await page.getByRole("radio", { name: "It has one already" }).check();
  await page.getByLabel("Find it").fill("leaving-worker");
  await page.getByRole("button", { name: "Take leaving-worker" }).click();
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "The certificate is revoked: nobody gets in with it." }),
  ).toBeVisible();
  await page.getByRole("checkbox", { name: "Take it all the same" }).check();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "follower-worker" })).toBeVisible();
  await expect(page.getByText("certificate revoked").first()).toBeVisible();
});

test("clients come from a file, and each line that cannot be taken says why", async ({ page }) => {
  await makeService(page, "Imported to");
  await page.goto("/clients/import");
  await expectAccessible(page);
  const print = "5e".repeat(32);
  const lines = [
    "name,environment,services,credential",
    `file-one,production,imported-to,${print}`,
    `file-two,production,imported-to nowhere,${print}`,
    "file-one,,,",
    "file-three,staging,imported-to,",
  ];
  await page.getByRole("textbox", { name: "Lines" }).fill(lines.join("\n"));
  await page.getByRole("button", { name: "Check the lines" }).click();
  await expect(page.getByRole("heading", { name: "2 clients can be created" })).toBeVisible();
  const table = page.getByRole("table", { name: "Lines of the file" });
  await expect(table.getByRole("row").filter({ hasText: "file-two" })).toContainText("nowhere");
  await expectAccessible(page);
  await expectAccessibleNarrow(page);
  await page.getByRole("button", { name: "Create 2 clients" }).click();
  await expect(page.getByText("Created 2 clients")).toBeVisible();
  await expect(page.getByText("2 lines were left out")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "See the clients" }).click();
  await expect(page.getByRole("row").filter({ hasText: "file-three" })).toContainText("Imported to");
});
