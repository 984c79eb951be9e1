import { X509Certificate } from "node:crypto";
import type { Page } from "@playwright/test";
import { certificateOf } from "#e2e/fixtures/access-screens.ts";
import { createClient } from "#e2e/fixtures/client-by-hand.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { inviteAndAccept } from "#e2e/fixtures/invite.ts";
import { issueOnServer } from "#e2e/fixtures/issue-on-server.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

const DAY_MS = 86_400_000;

test("a pasted line becomes a cause with the certificate concerned and the button that renews it", async ({
  page,
}) => {
  const path = await issueOnServer(page, "billing.paste.example.test", "client");
  const certificate = new X509Certificate(await certificateOf(page, path));
  await page.goto("/failures/paste");
  await expectAccessible(page);
  await linesOf(page).fill(nginxLines(certificate));
  await page.getByLabel("Trust bundle that it loads").selectOption({ label: "Our clients" });
  await linesOf(page).press("Control+Enter");

  const result = page.getByRole("region", { name: "What the lines say" });
  await expect(result.getByText("1 handshake failed", { exact: true })).toBeVisible();
  await expect(result.getByText("2 lines read, 2 of handshakes. Nothing of it is stored.")).toBeVisible();
  await expect(result.getByRole("heading", { name: /^Client certificate expired/ })).toBeVisible();
  await expect(result.getByText("Whoever runs the client can mend it")).toBeVisible();
  await expect(result.getByText("certificate has expired").first()).toBeVisible();
  await expect(result.getByRole("link", { name: "billing.paste.example.test" })).toHaveAttribute(
    "href",
    path,
  );
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await result.getByRole("button", { name: "Renew the certificate…" }).click();
  await page.getByRole("button", { name: "Renew with the same key" }).click();
  await expect(page.getByText("Renewed billing.paste.example.test", { exact: true })).toBeVisible();
  await expect(page).not.toHaveURL(new RegExp(path));

  // Who pastes it again is told that there is a successor already.
  await page.goto("/failures/paste");
  await linesOf(page).fill(nginxLines(certificate));
  await page.getByRole("button", { name: "Say why" }).click();
  await expect(result.getByText(/^It was replaced already/)).toBeVisible();
  await result.getByRole("link", { name: "Open its successor" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "billing.paste.example.test" })).toBeVisible();
  // Nothing of the lines is kept.
  await page.goto("/failures?q=billing.paste.example.test");
  // Or an empty list, where no other journey has sent lines.
  await expect(page.getByText(/No open failure is like that|No proxy has sent its log yet/)).toBeVisible();
});

test("what mends it depends on whose certificate it is and on who asks", async ({ page, browser }) => {
  const client = await createClient(page, "Remedied client");
  await page
    .getByRole("link", { name: /^Remedied client/ })
    .last()
    .click();
  await expect(page).toHaveURL(/\/certificates\//);
  const path = new URL(page.url()).pathname;
  const certificate = new X509Certificate(await certificateOf(page, path));
  const result = page.getByRole("region", { name: "What the lines say" });

  // The client is known by this very certificate: renewing it alone would lock it out.
  await diagnose(page, nginxLines(certificate));
  await expect(result.getByRole("link", { name: "Remedied client", exact: true }).first()).toHaveAttribute(
    "href",
    client,
  );
  await expect(result.getByText(/^The client is known by this very certificate/)).toBeVisible();
  await result.getByRole("link", { name: "Rotate the credential" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Rotate/ })).toBeVisible();

  // The proxy's CRL has ended: new ones of the whole chain are asked for.
  const staleCrl = nginxLines(certificate, "(12:CRL has expired)", -1);
  await diagnose(page, staleCrl);
  await result.getByRole("button", { name: "Publish 2 CRLs" }).click();
  await expect(result.getByText("Published within seconds", { exact: true })).toBeVisible();
  await expect(result.getByText("And then", { exact: true })).toBeVisible();
  await expectAccessible(page);
  await page.goto("/audit");
  await expect(page.getByRole("row").filter({ hasText: "asked for a new CRL" }).first()).toBeVisible();

  // Where admitting needs more than a press, the form begins with the certificate.
  await page.goto(`/clients/new?certificate=${path.split("/").at(-1)}`);
  await expect(page.getByRole("radio", { name: /^One of the inventory/ })).toBeChecked();
  await expect(page.getByRole("button", { name: "Another one" })).toBeVisible();

  // A client that does not trust the server gets the bundle by which it would.
  const alert =
    "2026/02/03 04:05:06 [info] 19#19: *110 SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48) while SSL handshaking, client: 192.0.2.7, server: 0.0.0.0:443";
  await diagnose(page, alert);
  const saved = page.waitForEvent("download");
  await result.getByRole("link", { name: "Download Our servers" }).click();
  expect((await saved).suggestedFilename()).toBe("servers.pem");

  // Who may only look reads the words, and whom to ask.
  const { theirs } = await inviteAndAccept(page, browser, "Pia", "viewer");
  await diagnose(theirs, staleCrl);
  const seen = theirs.getByRole("region", { name: "What the lines say" });
  await expect(
    seen.getByText("Your role, viewer, does not do this; ask an admin or an operator."),
  ).toBeVisible();
  await expect(seen.getByRole("button", { name: /Publish/ })).toHaveCount(0);
  await expectAccessible(theirs);
  await theirs.context().close();
});

test("a partner's certificate becomes a client's, and then it is the proxy that lacks its authority", async ({
  page,
}) => {
  const root = await testAuthority({ subject: "CN=Pasted Root,O=Partner" });
  const leaf = await testLeaf(root, {
    subject: "CN=courier.paste.example.test,O=Partner",
    extensions: { extendedKeyUsage: ["clientAuth"] },
  });
  await page.goto("/certificates/import");
  await page.getByLabel("Choose files").setInputFiles(
    [root, leaf].map(({ der }, place) => ({
      ...{ name: `partner-${place}.der`, mimeType: "application/octet-stream", buffer: Buffer.from(der) },
    })),
  );
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("link", { name: "courier.paste.example.test" })).toBeVisible();

  const refused = nginxLines(
    new X509Certificate(leaf.der),
    "(20:unable to get local issuer certificate)",
    -1,
  );
  await diagnose(page, refused);
  const result = page.getByRole("region", { name: "What the lines say" });
  await result.getByRole("link", { name: "Make a client of it" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Pasted courier");
  await page.getByRole("button", { name: "Create the client" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Pasted courier" })).toBeVisible();

  await diagnose(page, refused);
  await expect(
    result.getByText(/^It proves a client already\. No trust bundle here has its authority/),
  ).toBeVisible();
  await expect(result.getByRole("link", { name: "Make a client of it" })).toHaveCount(0);
  await expect(result.getByRole("link", { name: "Trust bundles" })).toHaveAttribute("href", "/bundles");
  await expectAccessible(page);
});

test("a log that hides the cause names the directive that would show it, and a wrong choice is said", async ({
  page,
}) => {
  await page.goto("/failures/paste");
  await page.getByRole("button", { name: "HAProxy: by its default log" }).click();
  await page.getByLabel("Whose lines").selectOption("nginx");
  await page.getByRole("button", { name: "Say why" }).click();
  const result = page.getByRole("region", { name: "What the lines say" });
  await expect(result.getByText("These are lines of HAProxy")).toBeVisible();
  await expect(result.getByText("You chose nginx; they were read as what they are.")).toBeVisible();
  await expect(result.getByRole("heading", { name: "HAProxy would have said more with" })).toBeVisible();
  await expect(result.getByText("error-log-format")).toBeVisible();
  await expect(result.getByText("Or, less likely:")).toBeVisible();
  await expectAccessible(page);

  for (const example of [
    "Apache: a revoked certificate",
    "Caddy: a foreign authority",
    "Envoy: no certificate at all",
  ]) {
    await page.getByRole("button", { name: example }).click();
    await page.getByRole("button", { name: "Say why" }).click();
    await expect(result.getByText("1 handshake failed", { exact: true })).toBeVisible();
  }
  await expect(result.getByRole("heading", { name: "No client certificate certain" })).toBeVisible();

  // A line of its beginning alone does not say that it went well.
  await linesOf(page).fill(
    "[Tue Feb 03 04:05:06.554820 2026] [ssl:info] [pid 1972:tid 1995] [client 192.0.2.7:38936] AH01964: Connection to child 1 established (server orders.example.test:443)",
  );
  await page.getByRole("button", { name: "Say why" }).click();
  await expect(
    result.getByText("Of 1 handshake the lines do not say how it ended", { exact: true }),
  ).toBeVisible();
});

test("what is too much is refused in a sentence, and hostile text is shown as text", async ({ page }) => {
  await page.goto("/failures/paste");
  const field = linesOf(page);
  await page.getByRole("button", { name: "Say why" }).click();
  await expect(page.getByText("Paste at least one line.")).toBeVisible();

  await paste(page, "x\n".repeat(5_001));
  await page.getByRole("button", { name: "Say why" }).click();
  await expect(page.getByText(/^These are more than 5,000 lines/)).toBeVisible();
  await paste(page, "x".repeat(2 * 1024 * 1024 + 1));
  await page.getByRole("button", { name: "Say why" }).click();
  await expect(page.getByText(/^This is more than 2 MB/)).toBeVisible();
  await expectAccessible(page);

  const subject = "CN=<img src=x onerror=alert(1)>\u202e";
  const line = JSON.stringify({
    ...{ time: "2026-02-03T04:05:06Z", remote_addr: "192.0.2.7", status: "400", ssl_protocol: "TLSv1.3" },
    ...{ ssl_client_verify: "FAILED:self-signed certificate", ssl_client_s_dn: subject },
    ...{ ssl_client_i_dn: subject, ssl_client_serial: "01" },
  });
  await field.fill(`${line}\n<b>not a line of a proxy</b>\u001b[31m`);
  await field.press("Control+Enter");
  const result = page.getByRole("region", { name: "What the lines say" });
  await expect(
    result.getByText("2 lines read, 1 of handshakes, 1 not understood. Nothing of it is stored."),
  ).toBeVisible();
  await expect(result.getByText("<img src=x onerror=alert(1)>").first()).toBeVisible();
  await expect(result.getByText("⟨U+202E⟩").first()).toBeVisible();
  await expect(result.getByText("<b>not a line of a proxy</b>⟨U+001B⟩[31m")).toBeVisible();
  expect(await result.locator("img, b").count()).toBe(0);
  await expectAccessible(page);
});

const linesOf = (page: Page) => page.getByRole("textbox", { name: "Lines" });

/** Typing two million characters takes a browser minutes. */
async function paste(page: Page, text: string): Promise<void> {
  await linesOf(page).evaluate((field, value) => {
    if (field instanceof HTMLTextAreaElement) field.value = value;
  }, text);
}

async function diagnose(page: Page, lines: string): Promise<void> {
  await page.goto("/failures/paste");
  await linesOf(page).fill(lines);
  await page.getByRole("button", { name: "Say why" }).click();
  await expect(page.getByText("1 handshake failed", { exact: true })).toBeVisible();
}

/**
 * What nginx writes into both logs when a client shows the certificate.
 *
 * @param days after its end
 */
function nginxLines(certificate: X509Certificate, words = "(10:certificate has expired)", days = 1): string {
  const at = new Date(Date.parse(certificate.validTo) + days * DAY_MS).toISOString();
  const day = at.slice(0, 10).replaceAll("-", "/");
  // One that has alternative names only has no subject, which this library leaves undefined.
  const name = (text: string | undefined) => (text ?? "").split("\n").reverse().join(",");
  const error = `${day} ${at.slice(11, 19)} [info] 19#19: *11 client SSL certificate verify error: ${words} while reading client request headers, client: 192.0.2.7, server: orders.example.test, request: "GET / HTTP/1.1", host: "orders.example.test"`;
  const access = JSON.stringify({
    ...{ time: at, connection: "11", remote_addr: "192.0.2.7", status: "400", ssl_protocol: "TLSv1.3" },
    ssl_client_verify: `FAILED:${words.slice(words.indexOf(":") + 1, -1)}`,
    ssl_client_s_dn: name(certificate.subject),
    ssl_client_i_dn: name(certificate.issuer),
    ssl_client_serial: certificate.serialNumber,
    ssl_client_v_end: certificate.validTo,
  });
  return `${error}\n${access}`;
}
