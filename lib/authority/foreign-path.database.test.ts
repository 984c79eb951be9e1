import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import { getAuthority, trustBundle } from "#lib/authority/authority-read.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { createProfile } from "#lib/authority/profile-change.ts";
import { FIRST_PROFILES, type ProfileRules } from "#lib/authority/profile-rules.ts";
import { addSeconds } from "#lib/clock.ts";
import { assembleCertificate, encodeTbsCertificate, keyIdentifier } from "#lib/x509/certificate.ts";
import type { CertificateExtensions } from "#lib/x509/certificate-extensions.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { signTbs } from "#lib/x509/key.ts";
import type { Name } from "#lib/x509/name.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { newSerialNumber } from "#lib/x509/serial-number.ts";

const DAY = 86_400;
const admin = testActor("admin");
let installation: TestInstallation;
let issuer: Issuer;

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

interface Foreign {
  der: Uint8Array;
  subject: Name;
  privateKey: KeyObject;
}

/** An authority that somebody else made; `above` is null for a root. */
async function foreign(
  name: string,
  above: Foreign | null,
  wishes: { days?: number; extensions?: Partial<CertificateExtensions> } = {},
): Promise<Foreign> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject: Name = [[{ type: "2.5.4.3", value: name }]];
  const now = installation.clock.now();
  const spki = publicKey.export({ format: "der", type: "spki" });
  const toBeSigned = encodeTbsCertificate({
    serialNumber: newSerialNumber(),
    issuer: above?.subject ?? subject,
    subject,
    notBefore: addSeconds(now, -400 * DAY),
    notAfter: addSeconds(now, (wishes.days ?? 1_000) * DAY),
    spki,
    signatureAlgorithm: "ecdsa-p256",
    extensions: {
      basicConstraints: { ca: true },
      keyUsage: ["keyCertSign", "cRLSign"],
      subjectKeyIdentifier: keyIdentifier(spki),
      ...wishes.extensions,
    },
  });
  const signature = signTbs(toBeSigned, above?.privateKey ?? privateKey, "ecdsa-p256");
  return {
    der: assembleCertificate(toBeSigned, "ecdsa-p256", signature),
    subject,
    privateKey,
  };
}

const importPath = (...path: [Foreign, ...Foreign[]]) =>
  importAuthority(installation, admin, {
    certificate: path.map(({ der }) => encodePem("CERTIFICATE", der)).join(""),
    privateKey: path[0].privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  });

async function profileOf(authorityId: string, slug: string): Promise<void> {
  const [server] = FIRST_PROFILES;
  const rules = server?.rules as ProfileRules;
  await createProfile(installation, admin, { slug, name: slug, description: "", authorityId, rules });
}

const issue = (profile: string, value: string) =>
  issueWithKeyMadeHere(issuer, admin, {
    profile,
    keyAlgorithm: "ecdsa-p256",
    subject: [],
    names: [{ type: "dns", value }],
  });

test("what a foreign root is constrained to binds what is issued under the intermediate taken over", async () => {
  const root = await foreign("Constrained Root", null, {
    extensions: {
      nameConstraints: { permitted: [{ type: "dns", value: "example.test" }], excluded: [] },
    },
  });
  const id = await importPath(await foreign("Constrained Issuing", root), root);
  await profileOf(id, "constrained");
  await expect(issue("constrained", "api.elsewhere.test")).rejects.toMatchObject({
    violations: [{ field: "names", rule: "rfc5280.4.2.1.10" }],
  });
  await issue("constrained", "api.example.test");
});

test("nothing issued outlives the first of those above to end, nor does an authority made below", async () => {
  const root = await foreign("Ending Root", null, { days: 20 });
  const id = await importPath(await foreign("Outliving Issuing", root), root);
  await profileOf(id, "outliving");
  const { issued } = await issue("outliving", "api.example.test");
  expect(issued.notAfter).toEqual(parseCertificate(root.der).notAfter);
  const below = createAuthority(installation, admin, {
    name: "Below",
    organisation: "",
    keyAlgorithm: "ecdsa-p256",
    days: 30,
    parentId: id,
    purposes: ["server"],
    pathLength: 0,
    permitted: [],
    excluded: [],
  });
  await expect(below).rejects.toMatchObject({ violations: [{ field: "days" }] });
});

test("the path length of one above limits the path below, and is kept", async () => {
  const root = await foreign("Short Root", null, {
    extensions: { basicConstraints: { ca: true, pathLength: 1 } },
  });
  const middle = await foreign("Short Middle", root);
  const id = await importPath(middle, root);
  expect((await getAuthority(installation, admin, id)).pathLength).toBe(0);
  const lowest = await foreign("Short Lowest", middle);
  const refusal = { violations: [{ field: "certificate", rule: "rfc5280.6.1.4" }] };
  await expect(importPath(lowest)).rejects.toMatchObject(refusal);
});

test.each([
  ["is no authority", { basicConstraints: { ca: false } }, "rfc5280.4.2.1.9"],
  ["may not sign certificates", { keyUsage: ["cRLSign"] }, "rfc5280.4.2.1.3"],
  ["allows no path below", { basicConstraints: { ca: true, pathLength: 0 } }, "rfc5280.6.1.4"],
  [
    "excludes the subject",
    {
      nameConstraints: {
        permitted: [],
        excluded: [
          { type: "directoryName", value: "", name: [[{ type: "2.5.4.3", value: "Forbidden Issuing" }]] },
        ],
      },
    },
    "rfc5280.4.2.1.10",
  ],
] as [string, Partial<CertificateExtensions>, string][])(
  "an intermediate is not taken over when its root %s",
  async (_, extensions, rule) => {
    const root = await foreign("Refused Root", null, { extensions });
    await expect(importPath(await foreign("Forbidden Issuing", root), root)).rejects.toMatchObject({
      violations: [{ field: "certificate", rule }],
    });
  },
);

test("an intermediate is not taken over when its root is over", async () => {
  const root = await foreign("Past Root", null, { days: -1 });
  await expect(importPath(await foreign("Past Issuing", root), root)).rejects.toMatchObject({
    code: "expired",
    violations: [{ field: "certificate", rule: "rfc5280.6.1.3" }],
  });
});

test("a root taken over stands in the bundles: what it issued elsewhere is recorded nowhere", async () => {
  const root = await foreign("Bundled Root", null);
  await importPath(root);
  const pem = encodePem("CERTIFICATE", root.der);
  expect(await trustBundle(installation, "servers")).toContain(pem);
  expect(await trustBundle(installation, "clients")).toContain(pem);
});

test("any key purpose is every key purpose, and each one above counts", async () => {
  const any = await foreign("Any Root", null, { extensions: { extendedKeyUsage: ["anyExtendedKeyUsage"] } });
  expect((await getAuthority(installation, admin, await importPath(any))).purposes).toEqual([
    "server",
    "client",
  ]);
  const clients = await foreign("Clients Root", null, { extensions: { extendedKeyUsage: ["clientAuth"] } });
  const id = await importPath(await foreign("Clients Issuing", clients), clients);
  expect((await getAuthority(installation, admin, id)).purposes).toEqual(["client"]);
});

test("what is issued says where its revocation is found, and no CRL of an authority that may not sign one", async () => {
  const { slug: usual, id: usualId } = await installation.database.read.authority.findUniqueOrThrow({
    where: { id: await importPath(await foreign("Usual Root", null)) },
  });
  await profileOf(usualId, "usual");
  const base = installation.config.protocolUrl;
  const access = (slug: string) => ({ ocsp: [`${base}/ocsp`], caIssuers: [`${base}/ca/${slug}.crt`] });
  expect(parseCertificate((await issue("usual", "usual.example.test")).issued.certificate)).toMatchObject({
    crlDistributionPoints: [`${base}/crl/${usual}.crl`],
    authorityInfoAccess: access(usual),
  });
  const below = await createAuthority(installation, admin, {
    ...{ name: "Below", organisation: "", keyAlgorithm: "ecdsa-p256", days: 5, parentId: usualId },
    ...{ purposes: ["server"], pathLength: 0, permitted: [], excluded: [] },
  });
  const { certificate } = await installation.database.read.authority.findUniqueOrThrow({
    where: { id: below },
    include: { certificate: true },
  });
  expect(parseCertificate(certificate.body)).toMatchObject({
    crlDistributionPoints: [`${base}/crl/${usual}.crl`],
    authorityInfoAccess: access(usual),
  });

  const mute = await foreign("Mute Root", null, { extensions: { keyUsage: ["keyCertSign"] } });
  const { slug, id } = await installation.database.read.authority.findUniqueOrThrow({
    where: { id: await importPath(mute) },
  });
  await profileOf(id, "mute");
  expect(parseCertificate((await issue("mute", "mute.example.test")).issued.certificate)).toMatchObject({
    crlDistributionPoints: [],
    authorityInfoAccess: access(slug),
  });
});
