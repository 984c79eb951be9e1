import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { setAuthorityStatus } from "#lib/authority/authority-change.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { getAuthority, listAuthorities } from "#lib/authority/authority-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { masterKeyCare, noteMasterKeyBackup } from "#lib/authority/master-key-backup.ts";
import { issuedFigures } from "#lib/inventory/certificate-figures.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");
const other = { ...admin, id: "user-other", name: "other@example.test" };

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

const named = (name: string) => getAuthority(installation, admin, name);

function issueClient(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const csr = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [],
  });
  return issueFromRequest(issuer, admin, { profile: "client", csr, source: "csr" });
}

test.each(["operator", "auditor", "viewer"] as const)(
  "the role %s cannot retire an authority",
  async (role) => {
    const authority = await named("example-client-ca");
    await expect(
      setAuthorityStatus(installation, testActor(role), authority.id, authority.version, "retired"),
    ).rejects.toMatchObject({ code: "forbidden" });
  },
);

test("a retired authority issues nothing, and issues again once it is back", async () => {
  await issueClient("before");
  const before = await named("example-client-ca");
  await setAuthorityStatus(installation, admin, before.id, before.version, "retired");
  await expect(issueClient("meanwhile")).rejects.toMatchObject({
    violations: [{ rule: "authority.status" }],
  });

  const retired = await named("example-client-ca");
  expect(retired).toMatchObject({ status: "retired", version: before.version + 1 });
  await setAuthorityStatus(installation, admin, retired.id, retired.version, "active");
  await issueClient("after");
  const figures = await issuedFigures(installation, testActor("viewer"), [before.id]);
  expect(figures.get(before.id)).toEqual({ issued: 2, valid: 2 });
});

test("no authority can be created below a retired one", async () => {
  const root = await named("example-root-ca");
  await setAuthorityStatus(installation, admin, root.id, root.version, "retired");
  const below = createAuthority(installation, admin, {
    name: "Below",
    organisation: "",
    keyAlgorithm: "ecdsa-p256",
    days: 30,
    parentId: root.id,
    purposes: ["client"],
    pathLength: 0,
    permitted: [],
    excluded: [],
  });
  await expect(below).rejects.toMatchObject({ violations: [{ rule: "authority.status" }] });
  await issueClient("of-an-intermediate-that-goes-on");
  await setAuthorityStatus(installation, admin, root.id, root.version + 1, "active");
});

test("no authority comes to stand below one that is retired while its key is made", async () => {
  const root = await named("example-root-ca");
  const retiring: TestInstallation = {
    ...installation,
    database: {
      ...installation.database,
      async write(work) {
        await setAuthorityStatus(installation, other, root.id, root.version, "retired");
        return installation.database.write(work);
      },
    },
  };
  const below = createAuthority(retiring, admin, {
    name: "Too late",
    organisation: "",
    keyAlgorithm: "ecdsa-p256",
    days: 30,
    parentId: root.id,
    purposes: ["client"],
    pathLength: 0,
    permitted: [],
    excluded: [],
  });
  await expect(below).rejects.toMatchObject({ violations: [{ rule: "authority.status" }] });
  await expect(named("too-late")).rejects.toMatchObject({ code: "notFound" });
  await setAuthorityStatus(installation, admin, root.id, root.version + 1, "active");
});

test("the second of two admins is told who was faster, and changes nothing", async () => {
  const seen = await named("example-workload-ca");
  await setAuthorityStatus(installation, other, seen.id, seen.version, "retired");
  await expect(
    setAuthorityStatus(installation, admin, seen.id, seen.version, "active"),
  ).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining(other.name) });
  expect((await named("example-workload-ca")).status).toBe("retired");
});

test("the authority of our own listeners cannot be retired by accident", async () => {
  const server = await named("example-server-ca");
  await expect(
    setAuthorityStatus(installation, admin, server.id, server.version, "retired"),
  ).rejects.toMatchObject({ violations: [{ rule: "authority.listener" }] });
});

test("asking for the present state writes nothing", async () => {
  const authority = await named("example-server-ca");
  const events = await installation.database.read.auditEvent.count();
  await setAuthorityStatus(installation, admin, authority.id, authority.version, "active");
  expect(await installation.database.read.auditEvent.count()).toBe(events);
});

test("an unknown authority is said to be unknown", async () => {
  await expect(setAuthorityStatus(installation, admin, "nothing", 1, "retired")).rejects.toMatchObject({
    code: "notFound",
  });
});

test("authorities' own certificates do not count as issued", async () => {
  const root = (await listAuthorities(installation, admin)).find((authority) => authority.kind === "root");
  const figures = await issuedFigures(installation, admin, [root?.id ?? ""]);
  expect([...figures.values()]).toEqual([{ issued: 0, valid: 0 }]);
});

test("a copy of the master key is noted once, by an admin", async () => {
  expect(await masterKeyCare(installation, testActor("viewer"))).toEqual({
    origin: "environment",
    backup: null,
  });
  await expect(noteMasterKeyBackup(installation, testActor("operator"))).rejects.toMatchObject({
    code: "forbidden",
  });
  await noteMasterKeyBackup(installation, other);
  expect((await masterKeyCare(installation, admin)).backup?.by).toBe(other.name);
  await expect(noteMasterKeyBackup(installation, admin)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(other.name),
  });
});
