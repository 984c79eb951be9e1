import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { downloadAuthority } from "#lib/authority/authority-download.ts";
import { getAuthority } from "#lib/authority/authority-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { recentlyIssued } from "#lib/inventory/recently-issued.ts";
import { parseCertificate, parseCertificates } from "#lib/x509/certificate-reader.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";

let installation: TestInstallation;
let issuer: Issuer;
const viewer = testActor("viewer");
const outsider: Actor = { kind: "token", id: "t", name: "t", scopes: ["audit:read"] };

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, testActor("admin"), { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

test("an authority is handed out as PEM, as DER and with those above it", async () => {
  const { sha256 } = await getAuthority(installation, viewer, "example-client-ca");
  const pem = await downloadAuthority(installation, viewer, "example-client-ca", "pem");
  const text = new TextDecoder().decode(pem.body);
  expect(parseCertificates(text, { field: "pem" }).map((each) => each.sha256)).toEqual([sha256]);
  const der = await downloadAuthority(installation, viewer, "example-client-ca", "der");
  expect(parseCertificate(der.body).sha256).toBe(sha256);
  const bundle = await downloadAuthority(installation, viewer, "example-client-ca", "bundle");
  const all = parseCertificates(new TextDecoder().decode(bundle.body), { field: "bundle" });
  expect(all.map((each) => each.sha256)).toEqual([
    sha256,
    (await getAuthority(installation, viewer, "example-root-ca")).sha256,
  ]);
  expect([pem, der, bundle].map(({ fileName }) => fileName)).toEqual([
    "example-client-ca.pem",
    "example-client-ca.crt",
    "example-client-ca-bundle.pem",
  ]);
});

test("an unknown authority is said to be unknown, and nothing is handed to who may not see it", async () => {
  await expect(downloadAuthority(installation, viewer, "nothing", "pem")).rejects.toMatchObject({
    code: "notFound",
  });
  await expect(downloadAuthority(installation, outsider, "example-client-ca", "pem")).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("the newest certificates of an authority and of a profile are found, each kind for itself", async () => {
  for (const [profile, name] of [
    ["client", "first"],
    ["short-lived-client", "second"],
  ] as const) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const csr = buildCertificateSigningRequest({
      privateKey,
      spki: publicKey.export({ format: "der", type: "spki" }),
      algorithm: "ecdsa-p256",
      subject: [[{ type: "2.5.4.3", value: name }]],
      names: [],
    });
    await issueFromRequest(issuer, testActor("admin"), { profile, csr, source: "csr" });
  }
  const authority = await getAuthority(installation, viewer, "example-client-ca");
  const ofAuthority = await recentlyIssued(installation, viewer, { issuerId: authority.id });
  expect(ofAuthority.map(({ displayName }) => displayName).toSorted()).toEqual(["first", "second"]);
  const profile = await installation.database.read.certificateProfile.findUniqueOrThrow({
    where: { slug: "client" },
  });
  const ofProfile = await recentlyIssued(installation, viewer, { profileId: profile.id });
  expect(ofProfile).toMatchObject([{ displayName: "first", replacedById: null }]);
  expect(await recentlyIssued(installation, viewer, { issuerId: authority.id }, 1)).toHaveLength(1);
  await expect(recentlyIssued(installation, outsider, { issuerId: authority.id })).rejects.toMatchObject({
    code: "forbidden",
  });
});
