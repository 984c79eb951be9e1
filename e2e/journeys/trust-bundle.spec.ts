import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { curl } from "#e2e/fixtures/curl.ts";
import type { Instance } from "#e2e/fixtures/instance.ts";
import { startNginx } from "#e2e/fixtures/nginx.ts";

/** What a person puts into a trust bundle is what a real nginx trusts, and nothing else. */

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-bundle-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(file(name), "utf8");
/** @param command without blanks inside its words @param subject the value of -subj, which may have some */
const openssl = (command: string, subject?: string) =>
  execFileSync("openssl", [...command.split(" "), ...(subject === undefined ? [] : ["-subj", subject])], {
    cwd: folder,
    stdio: "ignore",
  });

const EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

/** A root of others and a client certificate below it: NAME-root.pem, NAME.pem, NAME.key. */
function foreignClient(name: string, root: string): void {
  openssl(
    `req -x509 ${EC} -days 100 -keyout ${name}-root.key -out ${name}-root.pem -addext keyUsage=critical,keyCertSign,cRLSign`,
    `/CN=${root}`,
  );
  openssl(`req -new ${EC} -keyout ${name}.key -out ${name}.csr`, `/CN=${name}`);
  openssl(
    `x509 -req -in ${name}.csr -CA ${name}-root.pem -CAkey ${name}-root.key -days 50 -set_serial 7 -out ${name}.pem`,
  );
}

async function makeToken(page: Page): Promise<string> {
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("bundle journey");
  for (const scope of ["certificate:issue", "certificate:import"]) {
    await dialog.getByRole("checkbox", { name: scope }).check();
  }
  await dialog.getByRole("button", { name: "Make the token" }).click();
  await dialog.getByRole("button", { name: "Show" }).click();
  const token = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  return token;
}

/** Sends a body to the REST interface with the real curl. */
async function post(instance: Instance, token: string, path: string, body: string, ...headers: string[]) {
  const answer = await curl(
    ...["--cacert", file("servers.pem"), "-H", `Authorization: Bearer ${token}`],
    ...headers.flatMap((header) => ["-H", header]),
    ...["--data-binary", `@${file(body)}`, `${instance.protocolHttps}${path}`],
  );
  expect(answer.status, answer.body).toBeLessThan(300);
  return answer.body;
}

/** A certificate from a request that openssl made: NAME.pem with its chain, NAME.key. */
async function certify(instance: Instance, token: string, name: string, profile: string): Promise<void> {
  openssl(
    `req -new ${EC} -keyout ${name}.key -out ${name}.csr -addext subjectAltName=DNS:${name}`,
    `/CN=${name}`,
  );
  const pem = await post(
    instance,
    token,
    `/v1/certificates?profile=${profile}`,
    `${name}.csr`,
    "Content-Type: application/pkcs10",
    "Accept: application/x-pem-file",
  );
  writeFileSync(file(`${name}.pem`), `${pem}\n`);
}

/** Fetches the bundle as a relying party does. @returns the status */
async function fetchBundle(instance: Instance, slug: string): Promise<number> {
  const { status, body } = await curl(`${instance.protocolHttp}/trust/${slug}.pem`);
  if (status === 200) writeFileSync(file(`${slug}.pem`), `${body}\n`);
  return status;
}

/** What an nginx that trusts the bundle answers to each client. */
async function nginxAnswers(bundle: string, clients: readonly string[]): Promise<Record<string, number>> {
  const nginx = await startNginx({
    fullchain: read("localhost.pem"),
    key: read("localhost.key"),
    clients: read(`${bundle}.pem`),
  });
  try {
    const answers: Record<string, number> = {};
    for (const client of clients) {
      const credentials = ["--cert", file(`${client}.pem`), "--key", file(`${client}.key`)];
      answers[client] = (await curl("--cacert", file("servers.pem"), ...credentials, nginx.url)).status;
    }
    return answers;
  } finally {
    await nginx.stop();
  }
}

test("a bundle of one of our authorities and a partner's root admits their clients to a real nginx, and nobody else's", async ({
  page,
  instance,
}) => {
  const token = await makeToken(page);
  expect(await fetchBundle(instance, "servers")).toBe(200);
  foreignClient("partner", "Bundled Root");
  foreignClient("stranger", "Stranger Root");
  await certify(instance, token, "localhost", "server");
  await certify(instance, token, "caller", "client");
  await post(
    instance,
    token,
    "/v1/certificates/import?name=partner.pem",
    "partner-root.pem",
    "Content-Type: application/x-pem-file",
  );

  await page.goto("/bundles");
  await expect(page.getByRole("heading", { name: "Kept by Countersign" })).toBeVisible();
  await expect(page.getByText("No bundle made by hand yet")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "New bundle" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("Edge callers");
  await expect(page.getByLabel("Short name")).toHaveValue("edge-callers");
  await page.getByRole("button", { name: "Add Example Ltd Client CA" }).click();
  await page.getByLabel("Add an authority or an imported root").fill("bundled r");
  await page.getByRole("button", { name: "Add Bundled Root" }).click();
  await expect(page.getByRole("heading", { name: "In the bundle (2)" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create the bundle" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Edge callers" })).toBeVisible();

  // An intermediate alone is not enough for OpenSSL: the page says so, and mends it.
  await expect(page.getByText("Some ways stop below a root")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add Example Ltd Root CA" }).click();
  await expect(page.getByText("Some ways stop below a root")).toBeHidden();
  await expect(page.getByText(`${instance.protocolHttp}/trust/edge-callers.pem`).first()).toBeVisible();

  expect(await fetchBundle(instance, "edge-callers")).toBe(200);
  const whole = read("edge-callers.pem");
  expect(whole).toContain("# Example Ltd Root CA\n# not after ");
  expect(whole).toContain("# Bundled Root\n# not after ");
  const clients = ["caller", "partner", "stranger"];
  expect(await nginxAnswers("edge-callers", clients)).toEqual({ caller: 200, partner: 200, stranger: 400 });

  await page.getByRole("button", { name: "Remove Bundled Root" }).click();
  const removal = page.getByRole("alertdialog");
  await expect(removal).toContainText("No certificate of the inventory hangs on it alone.");
  await expectAccessible(page);
  await removal.getByRole("button", { name: "Remove" }).click();
  await expect(removal).toBeHidden(); // while it is open, screen readers find no row behind it
  await expect(page.getByRole("row").filter({ hasText: "Bundled Root" })).toHaveCount(0);
  expect(await fetchBundle(instance, "edge-callers")).toBe(200);
  expect(read("edge-callers.pem")).not.toContain("# Bundled Root");
  expect(await nginxAnswers("edge-callers", clients)).toEqual({ caller: 200, partner: 400, stranger: 400 });

  await page.getByRole("button", { name: "Delete" }).click();
  const deletion = page.getByRole("alertdialog");
  await expect(deletion).toContainText("/trust/edge-callers.pem answers 404");
  await deletion.getByLabel("Type Edge callers to confirm").fill("Edge callers");
  await deletion.getByRole("button", { name: "Delete the bundle" }).click();
  await expect(page.getByText("No bundle made by hand yet")).toBeVisible();
  expect(await fetchBundle(instance, "edge-callers")).toBe(404);
});

test("a certificate's page draws its chain with a verdict, and names the bundles that trust it", async ({
  page,
  instance,
}) => {
  const token = await makeToken(page);
  await fetchBundle(instance, "servers");
  await certify(instance, token, "drawn", "client");
  await page.goto("/certificates");
  await page.getByRole("link", { name: "drawn" }).first().click();
  const path = page.getByRole("list", { name: "Path from the certificate upwards" });
  await expect(path.getByRole("listitem")).toHaveCount(3);
  await expect(path.getByRole("link", { name: "Example Ltd Root CA" })).toBeVisible();
  await expect(page.getByText("ends in a root of ours")).toBeVisible();
  await expect(page.getByRole("link", { name: "Our clients" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Our clients" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Our clients" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Delete" })).toHaveCount(0);
  await expectAccessible(page);
});

test("what cannot be saved is said at its field, and who was faster is named", async ({ page, context }) => {
  await page.goto("/bundles/new");
  await page.getByLabel("Name", { exact: true }).fill("Clients");
  await page.getByRole("button", { name: "Create the bundle" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "was not saved" })).toContainText(
    "kept for Countersign",
  );
  await expect(page.getByLabel("Short name")).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await page.getByLabel("Name", { exact: true }).fill("Contested");
  await page.getByLabel("Short name").fill("contested");
  await page.getByRole("button", { name: "Add Example Ltd Root CA" }).click();
  await page.getByRole("button", { name: "Create the bundle" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Contested" })).toBeVisible();

  await page.getByRole("link", { name: "Change" }).click();
  const other = await context.newPage();
  await other.goto("/bundles/contested/edit");
  await other.getByLabel("Description").fill("Of the other one");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("Of the other one")).toBeVisible();
  await other.close();
  await page.getByLabel("Description").fill("Of the first one");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("was changed by Ada Admin")).toBeVisible();
  await page.getByRole("button", { name: "Save mine" }).click();
  await expect(page.getByText("Of the first one")).toBeVisible();
});
