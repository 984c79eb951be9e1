import { createPublicKey, verify, X509Certificate } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { openResponderSigner } from "#lib/authority/key-store.ts";
import { ocspProblems } from "#lib/authority/ocsp-health.ts";
import { renewOcspResponders } from "#lib/authority/ocsp-responder-credential.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";
import { countValidCertificates, issuedFigures } from "#lib/inventory/certificate-figures.ts";
import { unrenewedCertificates } from "#lib/inventory/unrenewed-certificates.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { lintCertificate } from "#lib/x509/lint.ts";

const admin = testActor("admin");
const DAY = 86_400;
const START = new Date("2026-11-23T12:00:00Z");

let installation: TestInstallation;
let now: Date;
const clock: Clock = { now: () => new Date(now) };

beforeEach(async () => {
  now = START;
  installation = await testInstallation(clock);
});
afterEach(() => installation.close());

async function root(days = 3650, keyAlgorithm: "ecdsa-p256" | "rsa-2048" = "ecdsa-p256"): Promise<string> {
  return createAuthority(installation, admin, {
    name: "Root",
    organisation: "Example",
    keyAlgorithm,
    days,
    parentId: null,
    purposes: ["server", "client"],
    pathLength: null,
    permitted: [{ type: "dns", value: "example.test" }],
    excluded: [],
  });
}

async function responder(authorityId: string) {
  const row = await installation.database.read.ocspResponder.findUniqueOrThrow({ where: { authorityId } });
  const certificate = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: row.certificateId },
    include: { cohort: true },
  });
  return { row, certificate, parsed: parseCertificate(certificate.body) };
}

const responderCertificates = () =>
  installation.database.read.certificate.findMany({
    where: { kind: "end-entity", source: "system" },
    orderBy: { createdAt: "asc" },
    include: { cohort: true },
  });

test.each(["ecdsa-p256", "rsa-2048"] as const)(
  "an authority (%s) delegates to a responder that it signs itself, and only that (RFC 6960 §4.2.2.2)",
  async (keyAlgorithm) => {
    const authorityId = await root(3650, keyAlgorithm);
    expect(await renewOcspResponders(installation)).toBe(1);
    const { row, certificate, parsed } = await responder(authorityId);
    const authority = await installation.database.read.authority.findUniqueOrThrow({
      where: { id: authorityId },
      include: { certificate: true },
    });
    const issuer = new X509Certificate(authority.certificate.body);
    const leaf = new X509Certificate(certificate.body);
    expect(leaf.checkIssued(issuer)).toBe(true);
    expect(leaf.verify(issuer.publicKey)).toBe(true);
    expect(parsed.extendedKeyUsage).toEqual(["ocspSigning"]);
    expect(parsed.keyUsage).toEqual(["digitalSignature"]);
    expect(parsed.extensions.map(({ name }) => name)).toContain("ocspNoCheck");
    expect(lintCertificate(certificate.body, { issuer: authority.certificate.body })).toEqual([]);
    expect(row.notAfter).toEqual(addSeconds(START, 7 * DAY));
    expect(row.renewAt).toEqual(addSeconds(START, 3.5 * DAY));
    // The sealed key is the certificate's.
    const signer = openResponderSigner(installation.masterKey, { ...row, spki: parsed.spki });
    const data = Buffer.from("answer");
    expect(verify("sha256", data, leaf.publicKey, await signer.sign(data))).toBe(true);
    expect(createPublicKey({ key: Buffer.from(parsed.spki), format: "der", type: "spki" })).toBeDefined();
  },
);

test("a responder is renewed at half of its life, as the renewal of the one before", async () => {
  const authorityId = await root();
  await renewOcspResponders(installation);
  const first = await responder(authorityId);
  now = addSeconds(START, 3.5 * DAY - 1);
  expect(await renewOcspResponders(installation)).toBe(0);
  now = addSeconds(START, 3.5 * DAY);
  expect(await renewOcspResponders(installation)).toBe(1);
  const second = await responder(authorityId);
  expect(second.certificate.replacesId).toBe(first.certificate.id);
  expect(second.certificate.lineageId).toBe(first.certificate.lineageId);
  expect((await responderCertificates()).map(({ cohort }) => cohort?.state)).toEqual([
    "superseded",
    "active",
  ]);
  const events = await installation.database.read.auditEvent.findMany({
    where: { action: "ocsp-responder.renewed" },
    orderBy: { sequence: "asc" },
  });
  expect(events.map(({ objectId }) => objectId)).toEqual([first.certificate.id, second.certificate.id]);
});

test("of several instances that find a responder due one makes it", async () => {
  await root();
  const before = await installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
  const made = await Promise.all(Array.from({ length: 4 }, () => renewOcspResponders(installation)));
  expect(made.reduce((sum, each) => sum + each)).toBe(1);
  expect(await responderCertificates()).toHaveLength(1);
  const after = await installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
  expect(after.revocations).toBe(before.revocations + 1);
});

test("a responder never outlives its authority, and the last one is not renewed without end", async () => {
  const authorityId = await root(3);
  await renewOcspResponders(installation);
  const { row, parsed } = await responder(authorityId);
  const authority = await installation.database.read.authority.findUniqueOrThrow({
    where: { id: authorityId },
    include: { certificate: true },
  });
  expect(parsed.notAfter).toEqual(authority.certificate.notAfter);
  expect(row.notAfter).toEqual(authority.certificate.notAfter);
  for (const days of [1.6, 2.5, 2.99, 4]) {
    now = addSeconds(START, days * DAY);
    expect(await renewOcspResponders(installation)).toBe(0);
  }
});

test("the responder of a retired authority goes on being renewed", async () => {
  const authorityId = await root();
  await renewOcspResponders(installation);
  await installation.database.write((transaction) =>
    transaction.authority.update({ where: { id: authorityId }, data: { status: "retired" } }),
  );
  now = addSeconds(START, 4 * DAY);
  expect(await renewOcspResponders(installation)).toBe(1);
});

test("a responder that somebody revokes is replaced at once", async () => {
  const authorityId = await root();
  await renewOcspResponders(installation);
  const { certificate } = await responder(authorityId);
  await installation.database.write((transaction) =>
    transaction.revocation.create({
      data: {
        certificateId: certificate.id,
        issuerId: authorityId,
        serial: certificate.serial,
        reason: "keyCompromise",
        revokedAt: now,
        notAfter: certificate.notAfter,
        comment: "",
        requestedBy: admin.name,
        change: 1,
      },
    }),
  );
  expect(await renewOcspResponders(installation)).toBe(1);
  expect((await responder(authorityId)).certificate.id).not.toBe(certificate.id);
});

test("years of responders neither fill the inventory nor ask anybody to renew them", async () => {
  const authorityId = await root();
  for (let day = 0; day < 120; day += 4) {
    now = addSeconds(START, day * DAY);
    expect(await renewOcspResponders(installation)).toBe(1);
  }
  const kept = await responderCertificates();
  // A week of life and thirty days after it, one every four days.
  expect(kept.length).toBeLessThanOrEqual(11);
  const counted = await installation.database.read.certificateCohort.aggregate({
    where: { kind: "end-entity", issuerId: authorityId },
    _sum: { count: true },
  });
  expect(counted._sum.count).toBe(kept.length);
  expect((await issuedFigures(installation, admin, [authorityId])).get(authorityId)).toEqual({
    issued: 0,
    valid: 0,
  });
  expect(await countValidCertificates(installation, admin)).toBe(0);
  now = addSeconds(now, 6 * DAY);
  const { ending, expired } = await unrenewedCertificates(installation, admin);
  expect([...ending.certificates, ...expired.certificates]).toEqual([]);
});

test("a failure is tried again a little later and costs the other authorities nothing", async () => {
  const broken = await root();
  const key = await installation.database.read.authorityKey.findFirstOrThrow({});
  await installation.database.write((transaction) =>
    transaction.authorityKey.update({ where: { id: key.id }, data: { sealed: new Uint8Array(60) } }),
  );
  const whole = await createAuthority(installation, admin, {
    name: "Other",
    organisation: "",
    keyAlgorithm: "ecdsa-p256",
    days: 100,
    parentId: null,
    purposes: ["client"],
    pathLength: null,
    permitted: [],
    excluded: [],
  });
  expect(await renewOcspResponders(installation)).toBe(1);
  expect((await responder(whole)).certificate.issuerId).toBe(whole);
  await installation.database.write((transaction) =>
    transaction.authorityKey.update({ where: { id: key.id }, data: { sealed: key.sealed } }),
  );
  expect(await renewOcspResponders(installation)).toBe(0);
  now = addSeconds(now, 6);
  expect(await renewOcspResponders(installation)).toBe(1);
  expect((await responder(broken)).certificate.issuerId).toBe(broken);
});

test("a responder that is missing, late or expired is told, one that is as it should be is not", async () => {
  await root();
  expect(await ocspProblems(installation)).toEqual([]);
  now = addSeconds(START, 61);
  expect(await ocspProblems(installation)).toEqual(["root has no OCSP responder"]);
  await renewOcspResponders(installation);
  expect(await ocspProblems(installation)).toEqual([]);
  now = addSeconds(now, 3.5 * DAY + 61);
  expect(await ocspProblems(installation)).toEqual([expect.stringContaining("is not renewed")]);
  now = addSeconds(now, 3.5 * DAY);
  expect(await ocspProblems(installation)).toEqual([expect.stringContaining("expired at")]);
  await renewOcspResponders(installation);
  expect(await ocspProblems(installation)).toEqual([]);
});
