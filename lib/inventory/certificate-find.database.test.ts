import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewWithSameKey } from "#lib/authority/renew.ts";
import { findCertificates } from "#lib/inventory/certificate-find.ts";
import { listCertificates } from "#lib/inventory/certificate-list.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");
const issued: Record<string, IssuedCertificate> = {};

async function issue(name: string, ...others: GeneralName[]): Promise<IssuedCertificate> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const csr = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: name }, ...others],
  });
  return issueFromRequest(issuer, admin, { profile: "server", csr, source: "csr" });
}

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  issued.api = await issue("api.example.test", { type: "uri", value: "spiffe://example.test/api" });
  issued.apis = await issue("api-staging.example.test");
  issued.other = await issue("web.example.test", { type: "dns", value: "API.other.test" });
  for (let number = 0; number < 12; number++) await issue(`many-${number}.example.test`);
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

const idsFor = async (query: string) =>
  (await findCertificates(installation, admin, query)).map((found) => found.id).sort();
const idsOf = (...keys: string[]) => keys.map((key) => issued[key]?.id).sort();

test.each([
  ["api.", ["api", "other"]],
  ["API", ["api", "apis", "other"]],
  ["  api-staging.example.test ", ["apis"]],
  ["spiffe://example.test/", ["api"]],
  ["other.test", ["other"]],
  ["*.OTHER.test", ["other"]],
  ["xample.test/api", ["api"]],
  ["%", []],
  ["_pi", []],
  ["", []],
])("the beginning or the end of a name finds its certificates: %j", async (query, keys) => {
  expect(await idsFor(query)).toEqual(idsOf(...keys));
});

test("a serial number and a fingerprint find their certificate, also as openssl prints them", async () => {
  const { serial, id } = issued.api as IssuedCertificate;
  const { sha256 } = await getCertificate(installation, admin, id);
  const printed = (hex: string) => hex.toUpperCase().replaceAll(/(..)(?=.)/g, "$1:");
  for (const query of [
    serial,
    printed(serial),
    serial.slice(0, 12),
    sha256,
    printed(sha256),
    sha256.slice(0, 16),
  ]) {
    expect([query, await idsFor(query)]).toEqual([query, [id]]);
  }
});

test("a common name that is no alternative name finds its certificate, and is not taken for one", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const csr = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: "Payments Worker" }]],
    names: [],
  });
  const { id } = await issueFromRequest(issuer, admin, { profile: "client", csr, source: "csr" });
  expect(await idsFor("payments w")).toEqual([id]);
  expect((await getCertificate(installation, admin, id)).names).toEqual([]);
});

test("no more than the limit is found, and never what was not issued", async () => {
  expect(await findCertificates(installation, admin, "many-")).toHaveLength(8);
  const { id } = await issue("gone.example.test");
  await installation.database.write((transaction) =>
    transaction.certificate.update({ where: { id }, data: { status: "abandoned", cohortId: null } }),
  );
  expect(await idsFor("gone.")).toEqual([]);
});

test("a token without the scope certificate:read finds nothing", async () => {
  const token = { kind: "token", id: "t", name: "t", scopes: [] } as const;
  await expect(findCertificates(installation, token, "api")).rejects.toMatchObject({ code: "forbidden" });
});

test("pages of the list go forth and back over the same rows", async () => {
  const whole = (await listCertificates(installation, admin)).certificates.map((row) => row.id);
  const first = await listCertificates(installation, admin, { limit: 5 });
  const second = await listCertificates(installation, admin, { limit: 5, after: first.next ?? "" });
  const third = await listCertificates(installation, admin, { limit: 5, after: second.next ?? "" });
  expect([first, second, third].flatMap((page) => page.certificates.map((row) => row.id))).toEqual(
    whole.slice(0, 15),
  );
  expect(first.previous).toBeNull();
  const back = await listCertificates(installation, admin, { limit: 5, before: third.previous ?? "" });
  expect(back.certificates).toEqual(second.certificates);
  expect(back.next).toBe(second.next);
  const top = await listCertificates(installation, admin, { limit: 5, before: second.previous ?? "" });
  expect(top.certificates).toEqual(first.certificates);
  expect(top.previous).toBeNull();
});

test("the list says what was renewed, and by which certificate", async () => {
  const old = issued.apis as IssuedCertificate;
  const renewed = await renewWithSameKey(installation, issuer, admin, old.id);
  const { certificates } = await listCertificates(installation, admin);
  expect(certificates.find((row) => row.id === old.id)?.replacedById).toBe(renewed.id);
  expect(certificates.find((row) => row.id === renewed.id)?.replacedById).toBeNull();
});
