import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { importCertificates } from "#lib/inventory/import-certificates.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

const actor = testActor("operator");
let here: TestInstallation;

beforeEach(async () => {
  here = await testInstallation();
});
afterEach(() => here.close());

async function* chunks(octets: Uint8Array) {
  for (let at = 0; at < octets.length; at += 65_536) yield octets.subarray(at, at + 65_536);
}

function upload(content: Uint8Array | string, password: string | null = null) {
  const octets = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return importCertificates(here, actor, {
    fileName: "bundle.pem",
    password,
    declaredBytes: octets.length,
    source: chunks(octets),
  });
}

const pem = ({ der }: TestIdentity) => encodePem("CERTIFICATE", der);

test("10,000 certificates are imported in less than 10 seconds", async () => {
  const root = await testAuthority();
  const key = await testLeaf(root);
  let text = pem(root);
  for (let n = 1; n < 10_000; n++) {
    const names = [0, 1, 2].map((i) => ({ type: "dns" as const, value: `s${n}-${i}.example` }));
    const keyOf = n % 100 === 0 ? key : undefined;
    const leaf = await testLeaf(root, {
      subject: `CN=s${n}.example`,
      extensions: { subjectAlternativeNames: names },
      ...(keyOf ? { keyOf } : {}),
    });
    text += pem(leaf);
  }
  const start = performance.now();
  const result = await upload(text);
  const seconds = (performance.now() - start) / 1000;
  expect(result).toMatchObject({ found: 10_000, added: 10_000, unreadable: 0, status: "done" });
  expect(seconds).toBeLessThan(10);
  expect(readdirSync(join(here.config.dataFolder, "imports"))).toEqual([]);
}, 120_000);
