import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "#e2e/fixtures/console-test.ts";
import { curl } from "#e2e/fixtures/curl.ts";
import { startNginx } from "#e2e/fixtures/nginx.ts";

/** The main job from end to end: what a person makes in the console is what a real nginx serves and demands. */

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-main-job-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);

async function makeToken(page: Page): Promise<string> {
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("nginx host");
  await dialog.getByRole("checkbox", { name: "certificate:issue" }).check();
  await dialog.getByRole("button", { name: "Make the token" }).click();
  await dialog.getByRole("button", { name: "Show" }).click();
  const token = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  return token;
}

/** Makes a client certificate in the browser and saves what the page hands over. */
async function makeClient(page: Page, name: string): Promise<void> {
  await page.goto("/certificates/new?profile=client");
  await page.getByLabel("Common name").fill(name);
  await page.getByRole("button", { name: "Make the key and issue" }).click();
  const dialog = page.getByRole("dialog", { name: `Save the key of ${name}` });
  for (const [button, target] of [
    ["Private key", "client.key"],
    ["Certificate and chain", "client.pem"],
  ] as const) {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      dialog.getByRole("button", { name: button }).click(),
    ]);
    await download.saveAs(file(target));
  }
  await dialog.getByRole("checkbox", { name: "I have saved the key" }).check();
  await dialog.getByRole("button", { name: "Open the certificate" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("a server certificate over REST and a client made in the browser: nginx answers 200 to it and 400 without, and so does our own port", async ({
  page,
  instance,
}) => {
  const token = await makeToken(page);
  for (const bundle of ["servers", "clients"]) {
    const { status, body } = await curl(`${instance.protocolHttp}/trust/${bundle}.pem`);
    expect(status).toBe(200);
    writeFileSync(file(`${bundle}.pem`), `${body}\n`);
  }
  execFileSync(
    "openssl",
    "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=localhost -addext subjectAltName=DNS:localhost".split(
      " ",
    ),
    { cwd: folder, stdio: "ignore" },
  );
  const issued = await curl(
    ...["--cacert", file("servers.pem"), "-H", `Authorization: Bearer ${token}`],
    ...["-H", "Content-Type: application/pkcs10", "-H", "Accept: application/x-pem-file"],
    ...["--data-binary", `@${file("server.csr")}`],
    `${instance.protocolHttps}/v1/certificates?profile=server`,
  );
  expect(issued).toMatchObject({ status: 201 });
  await makeClient(page, "billing");

  const nginx = await startNginx({
    fullchain: `${issued.body}\n`,
    key: readFileSync(file("server.key"), "utf8"),
    clients: readFileSync(file("clients.pem"), "utf8"),
  });
  const asClient = ["--cert", file("client.pem"), "--key", file("client.key")];
  try {
    const admitted = await curl("--cacert", file("servers.pem"), ...asClient, nginx.url);
    expect(admitted).toMatchObject({ status: 200, body: "CN=billing\n" });
    expect(await curl("--cacert", file("servers.pem"), nginx.url)).toMatchObject({ status: 400 });
  } finally {
    await nginx.stop();
  }

  const own = `${instance.protocolHttps}/v1/handshake`;
  const seen = await curl("--cacert", file("servers.pem"), ...asClient, own);
  expect(seen.status).toBe(200);
  expect(JSON.parse(seen.body).client).toMatchObject({ subject: "CN=billing" });
  expect(await curl("--cacert", file("servers.pem"), own)).toMatchObject({ status: 400 });
});
