import { X509Certificate } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { inviteAndAccept } from "#e2e/fixtures/invite.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

/** The serial number of a certificate whose page this is, lower-case hex. */
async function serialOf(page: Page, path: string): Promise<string> {
  const answer = await page.request.get(`${path}/download/der`);
  return new X509Certificate(await answer.body()).serialNumber.toLowerCase();
}

/** Whether the CRL of an authority, as proxies fetch it, has a serial number. */
async function crlHas(page: Page, protocolHttp: string, slug: string, serial: string): Promise<boolean> {
  const answer = await page.request.get(`${protocolHttp}/crl/${slug}.crl`);
  expect(answer.status()).toBe(200);
  return (await answer.body()).toString("hex").includes(serial);
}

const SERVERS = "example-ltd-server-ca";

test("an admin revokes a certificate: told what breaks, asked why, and shown when verifiers know", async ({
  page,
  instance,
}) => {
  const path = await issueOnServer(page, "leaked.revoked.example.test");
  const serial = await serialOf(page, path);
  await page.getByRole("button", { name: "Revoke…" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Revoke or hold leaked.revoked.example.test?" });
  await expect(dialog.getByText("Nobody knows who uses it")).toBeVisible();
  await expect(dialog.getByRole("link", { name: "Issue its successor with a new key" })).toBeVisible();
  // Who only suspects is not led to what nobody can undo.
  await expect(dialog.getByRole("radio", { name: "Suspect: hold first, decide later" })).toBeChecked();
  await expectAccessible(page);

  await dialog.getByRole("radio", { name: "Certain: revoke for good" }).check();
  await dialog.getByRole("button", { name: "Revoke for good" }).click();
  await expect(dialog).toBeVisible();
  // Reasons of authorities and of lists are not offered.
  await expect(dialog.getByRole("radio", { name: "Authority's key compromised" })).toHaveCount(0);
  await dialog.getByRole("radio", { name: "Key compromised" }).check();
  await dialog.getByLabel(/^Compromised since/).fill("2020-01-01T00:00");
  await dialog.getByLabel(/^Comment/).fill("Found in a public repository");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Revoke for good" }).click();
  await expect(dialog.getByRole("alert")).toContainText("before the certificate became valid");
  await dialog.getByLabel(/^Compromised since/).fill("");
  await dialog.getByRole("button", { name: "Revoke for good" }).click();

  await expect(page.getByText("OCSP says so at once", { exact: false }).first()).toBeVisible();
  await expect(page.getByText("Revoked for good: key compromised")).toBeVisible();
  await expect(page.getByText("Found in a public repository").first()).toBeVisible();
  // Without reloading, the page tells when the CRL has it.
  await expect(page.getByText(/ s after it$/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Revoke…" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Issue its successor with a new key" })).toBeVisible();
  await expectAccessible(page);
  expect(await crlHas(page, instance.protocolHttp, SERVERS, serial)).toBe(true);

  await page.goto("/certificates?status=revoked");
  await expect(page.getByRole("row").filter({ hasText: "leaked.revoked.example.test" })).toContainText(
    "revoked",
  );
  await page.goto("/revocation/certificates?reason=keyCompromise");
  const row = page.getByRole("row").filter({ hasText: "leaked.revoked.example.test" });
  await expect(row).toContainText("Key compromised");
  await expect(row).toContainText("Found in a public repository");
  await expect(row).toContainText(/after \d/);
  await expectAccessible(page);
});

test("an operator holds a certificate and releases it, and is told why not to revoke", async ({
  page,
  browser,
  instance,
}) => {
  const path = await issueOnServer(page, "odd.held.example.test");
  const serial = await serialOf(page, path);
  const { theirs } = await inviteAndAccept(page, browser, "Olga", "operator");
  await theirs.goto(path);
  await theirs.getByRole("button", { name: "Hold…" }).click();
  const dialog = theirs.getByRole("alertdialog", { name: "Hold odd.held.example.test?" });
  await expect(dialog.getByRole("radio", { name: "Certain: revoke for good" })).toBeDisabled();
  await expect(dialog.getByText("only an admin does it")).toBeVisible();
  await dialog.getByLabel(/^Comment/).fill("Strange handshakes at night");
  await dialog.getByRole("button", { name: "Hold it" }).click();
  await expect(theirs.getByText("On hold: verifiers refuse it")).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Revoke for good…" })).toHaveCount(0);
  await expect(theirs.getByText(/ s after it$/)).toBeVisible({ timeout: 30_000 });
  await expectAccessible(theirs);
  expect(await crlHas(page, instance.protocolHttp, SERVERS, serial)).toBe(true);

  await theirs.getByRole("button", { name: "Release…" }).click();
  const release = theirs.getByRole("alertdialog", { name: "Release odd.held.example.test from its hold?" });
  await release.getByLabel(/^Comment/).fill("It was the new probe");
  await expectAccessible(theirs);
  await release.getByRole("button", { name: "Release it" }).click();
  await expect(theirs.getByText("Released odd.held.example.test", { exact: true })).toBeVisible();
  await expect(theirs.getByText("On hold: verifiers refuse it")).toHaveCount(0);
  await expect
    .poll(() => crlHas(page, instance.protocolHttp, SERVERS, serial), { timeout: 30_000 })
    .toBe(false);
  await theirs.context().close();

  // Held again, it is for the admin to decide.
  await page.goto(path);
  await page.getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("button", { name: "Hold it" }).click();
  await page.getByRole("button", { name: "Revoke for good…" }).click();
  const last = page.getByRole("alertdialog", { name: "Revoke odd.held.example.test for good?" });
  await last.getByRole("radio", { name: "No longer needed" }).check();
  await last.getByRole("button", { name: "Revoke for good" }).click();
  await expect(page.getByText("Revoked for good: no longer needed")).toBeVisible();
});

test("many are held and revoked from their list, and what is passed over is said beforehand", async ({
  page,
}) => {
  for (const name of ["a", "b", "c"]) await issueOnServer(page, `${name}.many.example.test`);
  const select = async () => {
    await page.goto("/certificates?q=.many.example.test");
    await page.getByRole("checkbox", { name: "Select all on this page" }).check();
    return page.getByRole("region", { name: "Selected certificates" });
  };
  await page.goto("/certificates?q=a.many.example.test");
  await page.getByRole("checkbox", { name: "Select a.many.example.test" }).check();
  const bar = page.getByRole("region", { name: "Selected certificates" });
  await bar.getByRole("button", { name: "Hold…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Hold 1 certificate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Hold 1 certificate" })).toBeVisible();
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();

  await (await select()).getByRole("button", { name: "Hold…" }).click();
  const hold = page.getByRole("alertdialog", { name: "Hold 3 certificates?" });
  await expect(hold.getByText("1 is on hold already")).toBeVisible();
  await expect(hold.getByText("2 certificates stop working until they are released")).toBeVisible();
  await expectAccessible(page);
  await hold.getByRole("button", { name: "Cancel" }).click();

  await (await select()).getByRole("button", { name: "Revoke…" }).click();
  const revoke = page.getByRole("alertdialog", { name: "Revoke 3 certificates for good?" });
  const confirm = revoke.getByRole("button", { name: "Revoke 3 certificates" });
  await expect(confirm).toBeDisabled();
  await revoke.getByRole("radio", { name: "Replaced" }).check();
  await revoke.getByLabel(/^Type revoke 3/).fill("revoke 3");
  await expectAccessible(page);
  await confirm.click();
  await expect(page.getByRole("heading", { level: 1, name: "Revoke 3 certificates" })).toBeVisible();
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();
  await page.goto("/certificates?status=revoked&q=.many.example.test");
  await expect(page.getByRole("row").filter({ hasText: ".many.example.test" })).toHaveCount(3);
});

test("an intermediate is revoked only after its name is typed, and everything below it is named", async ({
  page,
  instance,
}) => {
  await page.goto("/authorities/new");
  await page.getByLabel("Name", { exact: true }).fill("Doomed CA");
  await page.getByLabel("Lifetime in years").fill("2");
  await page.getByRole("button", { name: "Create the intermediate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Doomed CA" })).toBeVisible();
  await page.goto("/certificates?kind=authority");
  await page.getByRole("link", { name: "Doomed CA", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Doomed CA" })).toBeVisible();
  const serial = await serialOf(page, new URL(page.url()).pathname);
  await page.getByRole("button", { name: "Revoke…" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByText(/falls? with it|No certificate below it/)).toBeVisible();
  await dialog.getByRole("radio", { name: "Certain: revoke for good" }).check();
  await expect(dialog.getByRole("radio", { name: "Key compromised", exact: true })).toHaveCount(0);
  await dialog.getByRole("radio", { name: "Authority's key compromised" }).check();
  const confirm = dialog.getByRole("button", { name: "Revoke for good" });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel(/^Type Doomed CA/).fill("Doomed CA");
  await expectAccessible(page);
  await confirm.click();
  await expect(page.getByText("Revoked for good: authority's key compromised")).toBeVisible();
  await expect
    .poll(() => crlHas(page, instance.protocolHttp, "example-ltd-root-ca", serial), { timeout: 30_000 })
    .toBe(true);

  await page.goto("/certificates?kind=authority");
  await page.getByRole("link", { name: "Example Ltd Root CA", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Example Ltd Root CA" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Revoke…" })).toHaveCount(0);
});

test("a foreign CRL shows imported certificates as revoked, and says when it is older", async ({ page }) => {
  const root = await testAuthority({ subject: "CN=Other Root,O=Other" });
  const leaf = await testLeaf(root, { subject: "CN=gate.other.example.test" });
  const pem = [root, leaf].map(({ der }) => encodePem("CERTIFICATE", der)).join("");
  await page.goto("/certificates/import");
  await page
    .getByLabel("Choose files")
    .setInputFiles({ name: "other.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(pem) });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name: "other.pem" })).toBeVisible();

  await page.goto("/revocation/sources");
  await expectAccessible(page);
  const serial = new X509Certificate(leaf.der).serialNumber.toLowerCase();
  const upload = async (number: bigint, entries: { serial: string }[]) =>
    page.getByLabel("Choose a file").setInputFiles({
      name: "other.crl",
      mimeType: "application/pkix-crl",
      buffer: Buffer.from(testCrl(root, { number, entries })),
    });
  await upload(7n, [{ serial }]);
  await expect(page.getByText("Here: 1 revoked.")).toBeVisible();
  const source = page.getByRole("article", { name: "Other Root" });
  await expect(source).toContainText("current");
  await expect(source).toContainText("CN=Other Root");
  await expectAccessible(page);
  await upload(6n, []);
  await expect(page.getByText("It was not taken")).toBeVisible();

  await page.goto("/certificates?q=gate.other.example.test");
  await page.getByRole("link", { name: "gate.other.example.test", exact: true }).click();
  await expect(page.getByText("Revoked for good: no particular reason")).toBeVisible();
  await expect(page.getByRole("link", { name: "Other Root" }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Release…" })).toHaveCount(0);

  await page.goto("/revocation/sources");
  await source.getByRole("button", { name: "Delete…" }).click();
  const deletion = page.getByRole("alertdialog");
  await expect(deletion.getByText("1 certificate that it revokes is shown as valid again")).toBeVisible();
  await deletion.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByText("No foreign CRL is kept")).toBeVisible();
});

test("the screen says how each CRL is doing, and looks at it as a verifier does", async ({ page }) => {
  await page.goto("/revocation");
  const servers = page.getByRole("article", { name: "Example Ltd Server CA" });
  await expect(servers).toContainText("current", { timeout: 30_000 });
  await expect(servers.getByRole("link", { name: "CRL", exact: true })).toHaveAttribute(
    "href",
    /\/crl\/example-ltd-server-ca\.crl$/,
  );
  await servers.getByRole("button", { name: "Check now" }).click();
  await expect(servers.getByText("works").first()).toBeVisible({ timeout: 30_000 });
  await expect(servers.getByText("fails", { exact: true })).toHaveCount(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
});
