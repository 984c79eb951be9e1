import { execFileSync } from "node:child_process";
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Download, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-issue-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const save = async (download: Download) => {
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
};
const downloading = async (page: Page, button: string) => {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return save(download);
};
const openssl = (...words: string[]) => execFileSync("openssl", words, { encoding: "utf8" });

/** Everything that leaves the page: addresses, headers and bodies of every request, and WebSocket frames. */
function recordSent(page: Page): () => Promise<Buffer[]> {
  const sent: Buffer[] = [];
  const pending: Promise<void>[] = [];
  page.context().on("request", (request) => {
    sent.push(Buffer.from(`${request.method()} ${request.url()}`));
    const body = request.postDataBuffer();
    if (body !== null) sent.push(body);
    pending.push(
      request.allHeaders().then(
        (headers) => void sent.push(Buffer.from(JSON.stringify(headers))),
        () => {}, // the page was left before the request was sent
      ),
    );
  });
  page.on("websocket", (socket) =>
    socket.on("framesent", (frame) => void sent.push(Buffer.from(frame.payload as string))),
  );
  return async () => {
    await Promise.all(pending);
    return sent;
  };
}

/** A private key in every form in which it could have been sent: whole, and its secret numbers alone. */
function formsOf(key: KeyObject): Buffer[] {
  const der = key.export({ format: "der", type: "pkcs8" });
  const { d = "", p = "", q = "" } = key.export({ format: "jwk" });
  const numbers = [d, p, q].filter((part) => part !== "").map((part) => Buffer.from(part, "base64url"));
  return [der, ...numbers].flatMap((secret) => {
    const hex = secret.toString("hex");
    const base64 = secret.toString("base64");
    return [
      secret,
      ...[hex, hex.toUpperCase(), base64, secret.toString("base64url"), [...secret].join(",")],
      // As PEM breaks it into lines, and the same inside JSON.
      ...["\n", "\\n"].map((lineBreak) => base64.replaceAll(/.{64}(?=.)/g, `$&${lineBreak}`)),
      ...insideBase64(secret),
    ].map((form) => Buffer.from(form));
  });
}

/** What a secret looks like somewhere in the middle of something longer that is in base64: three alignments. */
function insideBase64(secret: Buffer): string[] {
  return [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), secret])
      .toString("base64")
      .slice(4, 36),
  );
}

test("an admin makes a client certificate in the browser, and the private key is never sent", async ({
  page,
}) => {
  const sent = recordSent(page);
  await page.goto("/certificates/new?profile=client");
  await expect(page.getByRole("radio", { name: "In this browser" })).toBeChecked();
  await expectAccessible(page);
  await page.getByLabel("Common name").fill("payments-worker");
  await page.getByLabel("Name 1", { exact: true }).fill("spiffe://example.test/payments");
  await expect(page.getByLabel("Type of name 1")).toHaveValue("uri");
  await page.getByRole("button", { name: "Make the key and issue" }).click();

  const dialog = page.getByRole("dialog", { name: "Save the key of payments-worker" });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  const keyFile = await downloading(page, "Private key");
  const chainFile = await downloading(page, "Certificate and chain");
  await dialog.getByRole("button", { name: "Show the password" }).click();
  const password = await dialog.getByLabel("Password of the file").inputValue();
  const pkcs12File = await downloading(page, "payments-worker.p12");

  // It cannot be left by accident: not by back, not by the palette, not without a confirmation.
  await page.goBack();
  await expect(dialog.getByText("The key is not saved")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Stay and save it" }).click();
  await page.keyboard.press("Control+k");
  await expect(dialog.getByText("The key is not saved")).toBeVisible();
  await expect(page.getByPlaceholder(/Name, serial/)).toHaveCount(0);
  await dialog.getByRole("button", { name: "Stay and save it" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("button", { name: "Open the certificate" })).toBeDisabled();
  await dialog.getByRole("checkbox", { name: "I have saved the key" }).check();
  await dialog.getByRole("button", { name: "Open the certificate" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "payments-worker" })).toBeVisible();
  await expect(page.getByText("The key was made in a browser")).toBeVisible();
  await expect(page.getByText(/breaks no rule/)).toBeVisible();
  await expectAccessible(page);

  // The files belong together, and openssl reads them.
  const key = createPrivateKey(readFileSync(keyFile));
  const certificate = new X509Certificate(readFileSync(chainFile));
  expect(certificate.checkPrivateKey(key)).toBe(true);
  expect(certificate.subjectAltName).toBe("URI:spiffe://example.test/payments");
  const opened = openssl("pkcs12", "-in", pkcs12File, "-passin", `pass:${password}`, "-nodes");
  expect(createPrivateKey(opened).equals(key)).toBe(true);
  expect(opened.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(new X509Certificate(opened).fingerprint256).toBe(certificate.fingerprint256);

  // Nothing that left the page has the key in it, in any form.
  const everything = Buffer.concat((await sent()).flatMap((part) => [part, Buffer.from("\n")]));
  for (const form of formsOf(key)) expect(everything.includes(form)).toBe(false);
  expect(everything.includes("PRIVATE KEY")).toBe(false);
  expect(everything.includes(password)).toBe(false);
  // That bodies are seen is proven by what was sent: a request for the same key.
  const [request = ""] = /-----BEGIN CERTIFICATE REQUEST-----.+?-----END CERTIFICATE REQUEST-----/s.exec(
    everything.toString("latin1"),
  ) ?? [""];
  const csrFile = join(folder, "sent.csr");
  writeFileSync(csrFile, request.replaceAll("\\n", "\n"));
  expect(openssl("req", "-in", csrFile, "-noout", "-pubkey")).toBe(
    certificate.publicKey.export({ format: "pem", type: "spki" }),
  );
});

test("a key that was not saved can be given up, and closing the page asks first", async ({ page }) => {
  await page.goto("/certificates/new");
  await page.getByLabel("Name 1", { exact: true }).fill("given-up.example.test");
  await page.getByRole("button", { name: "Make the key and issue" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("It is as you asked")).toBeVisible();
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();
  await dialog.getByRole("button", { name: "Leave without saving…" }).click();
  await dialog.getByRole("button", { name: "Leave and lose the key" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "given-up.example.test" })).toBeVisible();
});

test("names are checked while they are typed, a pasted list becomes rows, and nothing typed is lost", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/certificates/new");
  const first = page.getByLabel("Name 1", { exact: true });
  await page.evaluate(() => navigator.clipboard.writeText("DNS:a.example.test, 192.0.2.7\nops@example.test"));
  await first.focus();
  await page.keyboard.press("Control+v");
  await expect(page.getByLabel("Name 3", { exact: true })).toHaveValue("ops@example.test");
  await expect(page.getByText("allows no e-mail addresses, so not ops@example.test")).toBeVisible();
  await page.getByLabel("Name 3", { exact: true }).focus();
  await page.getByRole("button", { name: "Remove name 3" }).press("Enter");
  await expect(page.getByLabel("Name 3", { exact: true })).toHaveCount(0);
  await page.getByLabel("Name 2", { exact: true }).press("Enter");
  await expect(page.getByLabel("Name 3", { exact: true })).toBeFocused();
  await page.keyboard.type("*.example.test");
  await page.getByRole("button", { name: "Make the key and issue" }).click();
  const summary = page.getByRole("alert").filter({ hasText: "Nothing was issued" });
  await expect(summary).toContainText("forbids wildcards");
  await expectAccessible(page);
  await page.getByText("On this server", { exact: true }).click();
  await expect(page.getByLabel("Name 1", { exact: true })).toHaveValue("a.example.test");
  await page.getByLabel("Lifetime").selectOption("other");
  await page.getByLabel("Number").fill("4000");
  await expect(
    page.getByText("4000 days is outside what the profile allows: 1 hour to 398 days."),
  ).toBeVisible();
});

test("over plain http from another address the browser's way is off and says why", async ({ page }) => {
  // Chromium takes every loopback address for secure; this is what a page sees on any other.
  await page.addInitScript(() => Object.defineProperty(window, "isSecureContext", { value: false }));
  await page.goto("/certificates/new");
  await expect(page.getByRole("radio", { name: "In this browser" })).toBeDisabled();
  await expect(page.getByText("this page came over plain http from another address")).toBeVisible();
  await expect(page.getByRole("radio", { name: "Elsewhere: I have a CSR" })).toBeChecked();
});
