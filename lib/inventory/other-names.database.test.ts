import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { listCertificates } from "#lib/inventory/certificate-list.ts";
import { otherNames } from "#lib/inventory/other-names.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

async function issue(commonName: string, ...names: string[]): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const csr = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: commonName }]],
    names: names.map((value) => ({ type: "dns", value })),
  });
  return (await issueFromRequest(issuer, admin, { profile: "server", csr, source: "csr" })).id;
}

test("the names besides the one shown are counted, and the first of them told in their order", async () => {
  const one = await issue("one.example.test", "one.example.test");
  const two = await issue("two.example.test", "two.example.test", "b.example.test", "a.example.test");
  const many = await issue("n0.example.test", ...Array.from({ length: 30 }, (_, n) => `n${n}.example.test`));
  const { certificates } = await listCertificates(installation, admin);
  const names = await otherNames(installation, admin, certificates);
  expect(names.get(one)).toBe(undefined);
  expect(names.get(two)).toEqual({ first: ["b.example.test", "a.example.test"], count: 2 });
  expect(names.get(many)?.count).toBe(29);
  expect(names.get(many)?.first.slice(0, 2)).toEqual(["n1.example.test", "n2.example.test"]);
});
