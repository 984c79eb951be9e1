import { afterEach, beforeEach, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { unsoundProof } from "#lib/access/unsound-proof.ts";
import { uploadCrl } from "#lib/authority/crl-source-upload.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

const admin = testActor("admin");
let installation: TestInstallation;
let root: TestIdentity;
let der: Uint8Array;

beforeEach(async () => {
  installation = await testInstallation();
  root = await testAuthority();
  ({ der } = await testLeaf(root, {
    subject: "CN=partner",
    extensions: { extendedKeyUsage: ["clientAuth"] },
  }));
});
afterEach(() => installation.close());

function question(kind: "certificate" | "key", now = new Date()) {
  const { sha256, spkiSha256, notAfter } = readForeignCertificate(der);
  return unsoundProof({ ...installation, clock: { now: () => now } }, admin, {
    ...{ kind, notAfter, sha256: kind === "key" ? spkiSha256 : sha256 },
  });
}

test.each([
  ["certificateHold", "is on hold"],
  ["keyCompromise", "is revoked"],
] as const)(
  "a certificate that is revoked with %s, and its key, are told before they are pinned",
  async (reason, words) => {
    await recordForeignCertificates(installation, [root.der, der]);
    expect([await question("certificate"), await question("key")]).toEqual([null, null]);
    const { serialNumber: serial } = readForeignCertificate(der);
    const octets = testCrl(root, { number: 7n, entries: [{ serial, reason }] });
    const content = (async function* () {
      yield octets;
    })();
    await uploadCrl(installation, admin, { content, declaredBytes: octets.length });
    expect(await question("certificate")).toContain(words);
    expect(await question("key")).toContain(words);
  },
);

test("an expired certificate is told, also one that nobody has seen here; its key may go on", async () => {
  const { notAfter } = readForeignCertificate(der);
  const later = new Date(notAfter.getTime() + 60_000);
  expect(await question("certificate", later)).toContain("has expired");
  expect(await question("key", later)).toBeNull();
  await recordForeignCertificates(installation, [root.der, der]);
  expect(await question("certificate", later)).toContain("has expired");
  expect(await question("key", later)).toBeNull();
});
