import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type ChainedEvent, findFault } from "#lib/audit/chain.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { IssuanceGroups } from "#lib/authority/issuance-group.ts";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import { readOrder } from "#lib/authority/issuance-order.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { closeAbandonedReservations } from "#lib/authority/recovery.ts";
import { renewWithSameKey } from "#lib/authority/renew.ts";
import { type DriverConnection, openDriver } from "#lib/driver.ts";
import { AUDIT_GENESIS } from "#lib/installation.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
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

const request = (name: string) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: name }],
  });
};

test("forty requests at once all get a certificate of their own, recorded and in the audit chain", async () => {
  const issued = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      issueFromRequest(issuer, admin, {
        profile: "server",
        csr: request(`host-${n}.example.test`),
        source: "csr",
      }),
    ),
  );
  expect(new Set(issued.map((each) => each.serial)).size).toBe(40);
  const rows = await installation.database.read.certificate.findMany({ where: { kind: "end-entity" } });
  expect(rows.filter((row) => row.status === "issued")).toHaveLength(40);
  const first = rows.find((row) => row.id === issued[0]?.id);
  expect(parseCertificate(first?.body ?? new Uint8Array()).serialNumber).toBe(issued[0]?.serial);
  const events = await installation.database.read.auditEvent.findMany({ orderBy: { sequence: "asc" } });
  expect(events.filter((event) => event.action === "certificate.issued")).toHaveLength(40);
  expect(findFault(events as ChainedEvent[], { auditSequence: 0, auditHead: AUDIT_GENESIS })).toBeNull();
});

test("a certificate is renewed once: the second admin is told", async () => {
  const old = await issueFromRequest(issuer, admin, {
    profile: "client",
    csr: request("twice.example.test"),
    source: "csr",
  });
  const renewed = await renewWithSameKey(installation, issuer, admin, old.id);
  expect(parseCertificate(renewed.certificate).spkiSha256).toBe(parseCertificate(old.certificate).spkiSha256);
  const rows = await installation.database.read.certificate.findMany({
    where: { id: { in: [old.id, renewed.id] } },
  });
  expect(new Set(rows.map((row) => row.lineageId)).size).toBe(1);
  await expect(renewWithSameKey(installation, issuer, admin, old.id)).rejects.toMatchObject({
    code: "conflict",
  });
});

test("of two renewals at the same moment one wins", async () => {
  const old = await issueFromRequest(issuer, admin, {
    profile: "client",
    csr: request("race.example.test"),
    source: "csr",
  });
  const other = inlineIssuer(installation);
  const results = await Promise.allSettled([
    renewWithSameKey(installation, issuer, admin, old.id),
    renewWithSameKey(installation, other, admin, old.id),
    renewWithSameKey(installation, issuer, admin, old.id),
  ]);
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  await other.close();
});

test("what a dead process left reserved is closed, and a late completion is not handed out", async () => {
  const [template] = await installation.database.read.certificate.findMany({
    where: { kind: "end-entity" },
    take: 1,
  });
  if (template === undefined) throw new Error("no certificate");
  await installation.database.write((transaction) =>
    transaction.certificate.create({
      data: {
        ...template,
        id: "left",
        serial: "7f01",
        sha256: null,
        sha1: null,
        status: "reserved",
        lineageId: "left",
      },
    }),
  );
  expect(await closeAbandonedReservations(installation, 0)).toBe(1);
  const left = await installation.database.read.certificate.findUniqueOrThrow({ where: { id: "left" } });
  expect(left.status).toBe("abandoned");
});

test("what may not be issued names the rule, and nothing is written", async () => {
  const before = await installation.database.read.certificate.count();
  const refused = (wishes: object) =>
    issueFromRequest(issuer, admin, {
      profile: "server",
      csr: request("a.example.test"),
      source: "csr",
      ...wishes,
    });
  await expect(refused({ lifetimeSeconds: 2 * 365 * 86_400 })).rejects.toMatchObject({
    code: "policyViolation",
    violations: [{ field: "lifetime", rule: "profile.lifetime" }],
  });
  await expect(refused({ names: [{ type: "dns", value: "*.example.test" }] })).rejects.toMatchObject({
    violations: [{ field: "names", rule: "profile.names.dns" }],
  });
  await expect(refused({ names: [{ type: "email", value: "a@example.test" }] })).rejects.toMatchObject({
    code: "policyViolation",
  });
  await expect(refused({ profile: "none" })).rejects.toMatchObject({
    violations: [{ rule: "profile.exists" }],
  });
  expect(await installation.database.read.certificate.count()).toBe(before);
});

test("a viewer may not issue, an operator may", async () => {
  const order = () => ({ profile: "client", csr: request("who.example.test"), source: "csr" as const });
  expect(() => issueFromRequest(issuer, testActor("viewer"), order())).toThrow(
    expect.objectContaining({ code: "forbidden" }),
  );
  expect((await issueFromRequest(issuer, testActor("operator"), order())).serial).toMatch(/^[0-9a-f]+$/);
});

test("a transaction that fails for a whole group is tried again in parts, and everybody gets a certificate", async () => {
  const connection = await openDriver(installation.config.database);
  let failures = 0;
  const failing: DriverConnection = {
    ...connection,
    transaction: (work) =>
      connection.transaction(async (transaction) => {
        const result = await work(transaction);
        if (failures++ === 0) throw new Error("the disk is full for a moment");
        return result;
      }),
  };
  const { masterKey, clock, database } = installation;
  const groups = new IssuanceGroups(failing, masterKey, clock, database.inTurn);
  const issued = await Promise.all(
    Array.from(
      { length: 6 },
      (_, n) =>
        new Promise<IssuedCertificate>((resolve, reject) => {
          const job = readOrder({
            profile: "server",
            key: { csr: request(`parts-${n}.example.test`) },
            source: "csr",
            actor: admin,
          });
          groups.add({ job, resolve, reject });
        }),
    ),
  );
  expect(failures).toBeGreaterThan(1);
  const rows = await database.read.certificate.findMany({
    where: { id: { in: issued.map((each) => each.id) }, status: "issued" },
  });
  expect(rows).toHaveLength(6);
  const events = await database.read.auditEvent.findMany({ orderBy: { sequence: "asc" } });
  expect(findFault(events as ChainedEvent[], { auditSequence: 0, auditHead: AUDIT_GENESIS })).toBeNull();
  await connection.close();
});
