import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { listAuditEvents } from "#lib/audit/read.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewWithKeyMadeHere } from "#lib/authority/renew.ts";
import { revocationCounter } from "#lib/authority/revocation-counter.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

let installation: TestInstallation;
let issuer: Issuer;
let offsetSeconds = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offsetSeconds) };
const admin = testActor("admin");
let number = 0;

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

const issue = () => issueNamed(issuer, admin, `revoked-${number++}.example.test`);

async function stateOf(id: string) {
  const row = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id },
    include: { cohort: true, revocation: true, issuer: { include: { publication: true } } },
  });
  return { state: row.cohort?.state, revocation: row.revocation, publication: row.issuer?.publication };
}

const eventsOf = async (id: string) =>
  (await listAuditEvents(installation, admin, { object: { kind: "certificate", id } })).events;

const authorityNamed = (name: RegExp) =>
  installation.database.read.authority
    .findMany({ include: { certificate: true } })
    .then((all) => all.find((authority) => name.test(authority.name)) ?? expect.fail(`no ${name}`));

test("a revocation is recorded with its reason and comment, counted for its authority, and in the audit trail", async () => {
  const id = await issue();
  const before = (await stateOf(id)).publication;
  const counter = await revocationCounter(installation);
  const invalidAt = addSeconds(clock.now(), -60);
  await revokeCertificate(installation, admin, id, {
    reason: "keyCompromise",
    comment: " Found in a public\r\nrepository. ",
    invalidAt,
  });
  const { state, revocation, publication } = await stateOf(id);
  expect(state).toBe("revoked");
  expect(revocation).toMatchObject({
    reason: "keyCompromise",
    comment: "Found in a public\nrepository.",
    invalidAt,
    requestedBy: admin.name,
    publishedAt: null,
    change: (before?.changes ?? 0) + 1,
  });
  expect(publication).toMatchObject({ changes: (before?.changes ?? 0) + 1, pendingSince: expect.any(Date) });
  expect(await revocationCounter(installation)).toBe(counter + 1);
  expect((await eventsOf(id))[0]).toMatchObject({
    action: "certificate.revoked",
    details: { reason: "keyCompromise", invalidAt: invalidAt.toISOString() },
  });
});

test("every authority has something to publish from its first moment", async () => {
  const [authorities, publications] = await Promise.all([
    installation.database.read.authority.count(),
    installation.database.read.crlPublication.count(),
  ]);
  expect(publications).toBe(authorities);
});

test("what is revoked stays revoked: not again, not held, not released", async () => {
  const id = await issue();
  await revokeCertificate(installation, admin, id, { reason: "superseded" });
  await expect(revokeCertificate(installation, admin, id, { reason: "keyCompromise" })).rejects.toMatchObject(
    { code: "conflict", message: expect.stringMatching(/revoked already.*Replaced/) },
  );
  await expect(holdCertificate(installation, admin, id, {})).rejects.toMatchObject({ code: "conflict" });
  await expect(releaseCertificate(installation, admin, id, {})).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("for good"),
  });
  expect((await stateOf(id)).revocation?.reason).toBe("superseded");
});

test("of several who revoke at once one does, and the others are told", async () => {
  const id = await issue();
  const { changes } = (await stateOf(id)).publication ?? { changes: -1 };
  const outcomes = await Promise.allSettled(
    (["keyCompromise", "superseded", "unspecified"] as const).map((reason) =>
      revokeCertificate(installation, admin, id, { reason }),
    ),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
  }
  expect((await stateOf(id)).publication?.changes).toBe(changes + 1);
  expect((await eventsOf(id)).filter(({ action }) => action === "certificate.revoked")).toHaveLength(1);
});

test("a hold is released without a trace but in the audit trail, or becomes a revocation of its own time", async () => {
  const id = await issue();
  await expect(releaseCertificate(installation, admin, id, {})).rejects.toMatchObject({ code: "conflict" });
  await holdCertificate(installation, admin, id, { comment: "strange log lines" });
  expect(await stateOf(id)).toMatchObject({ state: "held", revocation: { reason: "certificateHold" } });
  await expect(holdCertificate(installation, admin, id, {})).rejects.toMatchObject({ code: "conflict" });
  await releaseCertificate(installation, admin, id, { comment: "it was the load test" });
  const released = await stateOf(id);
  expect(released).toMatchObject({ state: "active", revocation: null });

  await holdCertificate(installation, admin, id, {});
  const heldAt = (await stateOf(id)).revocation?.revokedAt as Date;
  offsetSeconds += 100;
  await revokeCertificate(installation, admin, id, { reason: "keyCompromise" });
  const revoked = await stateOf(id);
  expect(revoked).toMatchObject({ state: "revoked", revocation: { reason: "keyCompromise" } });
  expect(revoked.revocation?.revokedAt.getTime()).toBeGreaterThanOrEqual(heldAt.getTime() + 100_000);
  expect(revoked.publication?.changes).toBe((released.publication?.changes ?? 0) + 2);
  expect((await eventsOf(id)).map(({ action }) => action)).toEqual([
    "certificate.revoked",
    "certificate.held",
    "certificate.released",
    "certificate.held",
    "certificate.issued",
  ]);
});

test("a released certificate that was renewed meanwhile is superseded, not active", async () => {
  const id = await issue();
  await renewWithKeyMadeHere(installation, issuer, admin, id, {
    keyAlgorithm: "ecdsa-p256",
    subject: [],
    names: [],
  });
  await holdCertificate(installation, admin, id, {});
  expect((await stateOf(id)).state).toBe("held");
  await releaseCertificate(installation, admin, id, {});
  expect((await stateOf(id)).state).toBe("superseded");
});

test("the time of a compromise lies in the life of the certificate, never in the future", async () => {
  const id = await issue();
  const revokeSince = (invalidAt: Date) =>
    revokeCertificate(installation, admin, id, { reason: "keyCompromise", invalidAt });
  const { notBefore } = await installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
  const refused = { code: "malformed", violations: [{ field: "invalidAt", rule: "revocation.invalidAt" }] };
  await expect(revokeSince(addSeconds(clock.now(), 30))).rejects.toMatchObject(refused);
  await expect(revokeSince(addSeconds(notBefore, -1))).rejects.toMatchObject(refused);
  await revokeSince(notBefore);
  expect((await stateOf(id)).revocation?.invalidAt).toEqual(notBefore);
});

test("reasons that say nothing true of the certificate are refused by name", async () => {
  const id = await issue();
  for (const reason of ["cACompromise", "certificateHold", "aACompromise", "nonsense"]) {
    await expect(
      revokeCertificate(installation, admin, id, { reason: reason as "keyCompromise" }),
    ).rejects.toMatchObject({ code: "malformed", violations: [{ field: "reason" }] });
  }
  const { certificateId } = await authorityNamed(/client/i);
  await expect(
    revokeCertificate(installation, admin, certificateId, { reason: "keyCompromise" }),
  ).rejects.toMatchObject({ code: "malformed", violations: [{ field: "reason" }] });
  await expect(
    revokeCertificate(installation, admin, id, { reason: "unspecified", comment: "x".repeat(501) }),
  ).rejects.toMatchObject({ code: "malformed", violations: [{ field: "comment" }] });
  expect((await stateOf(id)).state).toBe("active");
});

test("a root, a foreign certificate, an expired one and one that does not exist have clear answers", async () => {
  const root = await authorityNamed(/root/i);
  await expect(
    revokeCertificate(installation, admin, root.certificateId, { reason: "cACompromise" }),
  ).rejects.toMatchObject({ code: "policyViolation", violations: [{ rule: "revocation.root" }] });

  const foreign = await issue();
  await installation.database.write((transaction) =>
    transaction.certificate.update({ where: { id: foreign }, data: { issuerId: null } }),
  );
  await expect(holdCertificate(installation, admin, foreign, {})).rejects.toMatchObject({
    code: "policyViolation",
    violations: [{ rule: "revocation.issuer" }],
  });

  const endless = await issue();
  await installation.database.write((transaction) =>
    transaction.certificate.update({ where: { id: endless }, data: { serial: "ab".repeat(65) } }),
  );
  await expect(holdCertificate(installation, admin, endless, {})).rejects.toMatchObject({
    code: "policyViolation",
    violations: [{ rule: "revocation.serial" }],
  });

  const expired = await issue();
  offsetSeconds += 400 * 86_400;
  await expect(
    revokeCertificate(installation, admin, expired, { reason: "superseded" }),
  ).rejects.toMatchObject({ code: "expired" });
  offsetSeconds -= 400 * 86_400;

  await expect(
    revokeCertificate(installation, admin, "no-such-certificate", { reason: "superseded" }),
  ).rejects.toMatchObject({ code: "notFound" });
});

test("an intermediate's revocation belongs to the list of its issuer", async () => {
  const root = await authorityNamed(/root/i);
  const id = await createAuthority(installation, admin, {
    name: "Short-lived Issuing CA",
    organisation: "Example",
    parentId: root.id,
    keyAlgorithm: "ecdsa-p256",
    days: 30,
    pathLength: 0,
    purposes: ["client"],
    permitted: [],
    excluded: [],
  });
  const { certificateId } = await installation.database.read.authority.findUniqueOrThrow({ where: { id } });
  const before = await installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
  await revokeCertificate(installation, admin, certificateId, { reason: "cACompromise" });
  const { state, revocation } = await stateOf(certificateId);
  expect(state).toBe("revoked");
  expect(revocation?.issuerId).toBe(root.id);
  const own = await installation.database.read.crlPublication.findUniqueOrThrow({
    where: { authorityId: id },
  });
  expect(own.changes).toBe(0);
  const after = await installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
  expect(after.configuration).toBe(before.configuration + 1);
});

test("who may only hold does not revoke, and who may only see does neither", async () => {
  const id = await issue();
  const revoke = (role: "operator" | "auditor", reason: RevocationReason = "keyCompromise") =>
    revokeCertificate(installation, testActor(role), id, { reason: reason as "keyCompromise" });
  await expect(revoke("operator")).rejects.toMatchObject({ code: "forbidden" });
  await expect(holdCertificate(installation, testActor("auditor"), id, {})).rejects.toMatchObject({
    code: "forbidden",
  });
  await holdCertificate(installation, testActor("operator"), id, {});
  await expect(revoke("auditor")).rejects.toMatchObject({ code: "forbidden" });
  await releaseCertificate(installation, testActor("operator"), id, {});
  const { certificateId } = await authorityNamed(/client/i);
  await expect(holdCertificate(installation, testActor("operator"), certificateId, {})).rejects.toMatchObject(
    { code: "forbidden" },
  );
});
