import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-csr-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A signing request by openssl. @returns the file */
function openSslRequest(options: {
  subject: string;
  extensions?: string;
  key?: string;
  der?: boolean;
}): string {
  const file = join(folder, `${randomBytes(4).toString("hex")}.csr`);
  const key = options.key ?? "ec";
  execFileSync(
    "openssl",
    [
      ...["req", "-new", "-nodes", "-keyout", `${file}.key`, "-out", file, "-subj", options.subject, "-utf8"],
      ...(key === "ec" ? ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] : ["-newkey", key]),
      ...(options.extensions === undefined ? [] : ["-addext", options.extensions]),
      ...(options.der ? ["-outform", "DER"] : []),
    ],
    { stdio: "pipe" },
  );
  return file;
}

const openForm = async (page: Page) => {
  await page.goto("/certificates/new");
  await page.getByRole("radio", { name: "Elsewhere: I have a CSR" }).check();
};
const check = async (page: Page, csr: string) => {
  await page.getByLabel("Certificate signing request").fill(csr);
  await page.getByRole("button", { name: "Check the request" }).click();
};

test("a pasted request is shown beside what will be issued, then issued", async ({ page, instance }) => {
  const file = openSslRequest({
    subject: "/O=Elsewhere/CN=api.example.test",
    extensions: "extendedKeyUsage=clientAuth",
  });
  await openForm(page);
  await check(page, readFileSync(file, "utf8"));
  await expect(page.getByRole("heading", { name: "What it asks, and what will be issued" })).toBeVisible();
  await expect(page.getByText("takes over no other attribute")).toBeVisible();
  await expect(
    page.getByText("Relying parties do not look at the common name, so it is copied"),
  ).toBeVisible();
  await expect(page.getByText("The profile Server decides what its certificates are for.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Issue certificate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "api.example.test" })).toBeVisible();

  const [download] = await Promise.all([page.waitForEvent("download"), downloadAs(page, "fullchain")]);
  expect(download.suggestedFilename()).toBe("api.example.test.fullchain.pem");
  const chain = join(folder, "fullchain.pem");
  await download.saveAs(chain);
  // The command that the page offers, with the trust bundle that it names.
  const command = await page.getByText(/openssl verify -x509_strict/).textContent();
  const url = /http:\S+\.pem/.exec(command ?? "")?.[0] ?? "";
  expect(url).toContain(instance.protocolHttp);
  const trust = join(folder, "trust.pem");
  writeFileSync(trust, await (await fetch(url)).text());
  const verified = execFileSync(
    "openssl",
    ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", trust, chain],
    { encoding: "utf8" },
  );
  expect(verified).toContain("OK");
});

const downloadAs = async (page: Page, form: string) => {
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("menuitem").filter({ hasText: form }).click();
};

test("a file in DER is taken too, and one that is too large is refused before it is read", async ({
  page,
}) => {
  const file = openSslRequest({ subject: "/CN=der.example.test", der: true });
  await openForm(page);
  await page.locator("input[type=file]").setInputFiles(file);
  await expect(page.getByLabel("Certificate signing request")).toHaveValue(/BEGIN CERTIFICATE REQUEST/);
  await page.getByRole("button", { name: "Check the request" }).click();
  await expect(page.getByText("dns:der.example.test")).toBeVisible();

  const large = join(folder, "large.csr");
  writeFileSync(large, randomBytes(5 * 1024 * 1024));
  await page.locator("input[type=file]").setInputFiles(large);
  await expect(page.getByText("large.csr has 5.0 MB; at most 64 KB can be read.")).toBeVisible();
});

test("what is wrong with a request is said in a sentence that names field and rule, and nothing is lost", async ({
  page,
}) => {
  const good = readFileSync(openSslRequest({ subject: "/CN=good.example.test" }), "utf8");
  const damaged = (() => {
    const body = Buffer.from(good.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
    const at = body.length - 5;
    body[at] = (body[at] ?? 0) ^ 1;
    return `-----BEGIN CERTIFICATE REQUEST-----\n${body.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
  })();
  const names = (count: number) =>
    `subjectAltName=${Array.from({ length: count }, (_, n) => `DNS:n${n}.example.test`).join(",")}`;
  const cases: [csr: string, sentence: RegExp][] = [
    ["", /no PEM block/],
    [`Hello\n${good}`, /other text before the first PEM block/],
    [damaged, /signature of the csr does not fit its public key/],
    [fileOf({ subject: "/CN=weak.example.test", key: "rsa:1024" }), /RSA 1024.*too short/],
    [fileOf({ subject: "/CN=many.example.test", extensions: names(1000) }), /1000 names; 100 are allowed/],
    [fileOf({ subject: "/CN=x", extensions: "subjectAltName=DNS:*.example.test" }), /forbids wildcards/],
    [fileOf({ subject: "/CN=x", extensions: "subjectAltName=DNS:ops@example.test" }), /is an e-mail address/],
    [fileOf({ subject: "/CN=pay\u202Eslrow" }), /bidirectional control U\+202E/],
    ["x".repeat(70_000), /larger than 65536 bytes/],
  ];
  await openForm(page);
  for (const [csr, sentence] of cases) {
    await check(page, csr);
    const summary = page.getByRole("alert").filter({ hasText: "Nothing was issued" });
    await expect(summary).toContainText(sentence);
    await expect(page.getByLabel("Certificate signing request")).toHaveValue(csr);
  }
  await expectAccessible(page);
  await page.goto("/certificates");
  await expect(page.getByText("many.example.test")).toHaveCount(0);

  function fileOf(options: Parameters<typeof openSslRequest>[0]): string {
    return readFileSync(openSslRequest(options), "utf8");
  }
});
