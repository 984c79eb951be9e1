import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { ClientCertificateWishes } from "#lib/access/client-certificate.ts";
import { CLIENT_ISSUANCES } from "#lib/access/client-issuance.ts";
import { settleInterruptedIssuances } from "#lib/access/client-issuance-settle.ts";
import { issueForClient, issueForNewClient, rotateByIssuing } from "#lib/access/client-issue.ts";
import { getClient } from "#lib/access/client-read.ts";
import { retireClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { decide } from "#lib/access/decide/decide.ts";
import { readPresented } from "#lib/access/presented-certificate.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { closeAbandonedReservations } from "#lib/authority/recovery.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { DomainError } from "#lib/errors.ts";
import { beginRun } from "#lib/jobs/job-run.ts";
import { toHex } from "#lib/x509/hex.ts";

const admin = testActor("admin");
const HOUR = 3_600;
let now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let issuer: Issuer;
let access: AccessSnapshot;
let serviceId: string;

beforeEach(async () => {
  now = truncateToSecond(new Date());
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  access = new AccessSnapshot(installation, 365 * 24 * HOUR * 1000);
});
afterEach(async () => {
  await issuer.close();
  await installation.close();
});

const wishes = (more: Partial<ClientCertificateWishes> = {}): ClientCertificateWishes => ({
  key: { from: "request", csr: requestFor("billing.example"), source: "csr" },
  provenBy: "certificate",
  ...more,
});
const onServer = { from: "server", keyAlgorithm: "ecdsa-p256" } as const;
const context = (by: Issuer = issuer) => ({ installation, issuer: by });
const billing = () => ({ client: { name: "Billing" }, grants: [{ serviceId }] });
const created = (more: Partial<ClientCertificateWishes> = {}, by = issuer) =>
  issueForNewClient(context(by), admin, billing(), wishes(more));

/** An issuer whose process ends before the certificate is issued, or after it. */
function dying(when: "before" | "after"): { issuer: Issuer; died: Promise<void> } {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  return {
    died,
    issuer: {
      async issue(order) {
        if (when === "after") await issuer.issue(order);
        resolve();
        return new Promise(() => {});
      },
      close: async () => {},
    },
  };
}

/** A rotation whose process ends when the certificate is issued. */
async function interruptedRotation(credentialId: string): Promise<void> {
  const { issuer: mortal, died } = dying("after");
  void rotateByIssuing(context(mortal), admin, credentialId, {
    certificate: wishes(),
    ...{ overlap: "1h", revokesOld: false },
  });
  await died;
}

/** What whoever presents a certificate is told. */
async function told(der: Uint8Array): Promise<string> {
  await access.follow();
  const issuers = access.issuers ?? expect.fail("no snapshot");
  const read = readPresented(der, (subject) => issuers.bySubject.get(toHex(subject)) ?? []);
  const certificate = { ...(read ?? expect.fail("unreadable")), revocation: "good" as const };
  const request = { service: "payments", method: "GET", path: "/", certificate };
  return decide(access.current ?? expect.fail("no snapshot"), request, now.getTime()).reason;
}

const certificateOf = (id: string) =>
  installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
const openRuns = () => installation.database.read.jobRun.count({ where: { finishedAt: null } });

test("a client is created with a certificate for the key of a signing request, and enters with it", async () => {
  const { clientId, credentialId, issued, privateKey } = await created();
  expect(privateKey).toBeNull();
  expect(await told(issued.certificate)).toBe("granted");
  const client = await getClient(installation, admin, clientId);
  expect(client.credentials).toMatchObject([
    { id: credentialId, kind: "certificate", certificateId: issued.id, endsAt: null },
  ]);
  expect(issued.profile).toBe("client");
  expect(await openRuns()).toBe(0);
});

test("a key made on the server is handed out once, and the certificate bears the client's name", async () => {
  const { issued, privateKey } = await created({ key: onServer, lifetimeSeconds: 24 * HOUR });
  const certificate = new X509Certificate(issued.certificate);
  expect(certificate.subject).toBe("CN=Billing");
  const key = createPrivateKey({ key: Buffer.from(privateKey ?? []), format: "der", type: "pkcs8" });
  expect(createPublicKey(key).equals(certificate.publicKey)).toBe(true);
  expect(issued.notAfter).toEqual(addSeconds(now, 24 * HOUR));
  expect(await told(issued.certificate)).toBe("granted");
});

test("a client that is known by its key enters with whatever is certified for it", async () => {
  const csr = requestFor("billing.example");
  const key = { from: "request", csr, source: "browser" } as const;
  const { issued, credentialId } = await created({ key, provenBy: "key" });
  expect(await told(issued.certificate)).toBe("granted");
  const { keySha256 } = await certificateOf(issued.id);
  expect(
    await installation.database.read.credential.findUnique({ where: { id: credentialId } }),
  ).toMatchObject({ kind: "key", sha256: keySha256, certificateId: issued.id });

  // Whoever else comes with the key is refused before anything is issued.
  const before = await installation.database.read.certificate.count();
  await expect(
    issueForNewClient(context(), admin, { client: { name: "Other" } }, wishes({ key, provenBy: "key" })),
  ).rejects.toMatchObject({ code: "conflict" });
  expect(await installation.database.read.certificate.count()).toBe(before);
  expect(await installation.database.read.client.count()).toBe(1);
});

test("who becomes known by the key while it is certified does not take the certificate along", async () => {
  const csr = requestFor("billing.example");
  const { clientId: other } = await issueForNewClient(
    context(),
    admin,
    { client: { name: "Other" } },
    wishes({ key: onServer }),
  );
  const overtaken: Issuer = {
    async issue(order) {
      const issued = await issuer.issue(order);
      const { keySha256 } = await certificateOf(issued.id);
      await addCredential(installation, admin, other, { kind: "key", sha256: keySha256 });
      return issued;
    },
    close: async () => {},
  };
  const key = { from: "request", csr, source: "csr" } as const;
  const { credentialId, clientId } = await created({ key, provenBy: "key" }, overtaken);
  expect(
    await installation.database.read.credential.findUnique({ where: { id: credentialId } }),
  ).toMatchObject({ kind: "certificate", clientId });
});

test("what is refused about the certificate leaves nothing of the client", async () => {
  const refused: [Partial<ClientCertificateWishes>, string][] = [
    [{ profile: "nothing" }, "profile"],
    [{ lifetimeSeconds: 1 }, "lifetime"],
    [{ key: { from: "request", csr: "rubbish", source: "csr" } }, "csr"],
    [{ key: { ...onServer, pkcs12Password: "short" } }, "password"],
  ];
  for (const [more, field] of refused) {
    await expect(created(more)).rejects.toMatchObject({ violations: [{ field }] });
  }
  const { read } = installation.database;
  expect([await read.client.count(), await read.grant.count(), await openRuns()]).toEqual([0, 0, 0]);

  // Also when it is refused after all had been checked.
  const failing: Issuer = {
    issue: () => Promise.reject(new DomainError("unavailable", "Not now.")),
    close: async () => {},
  };
  await expect(created({}, failing)).rejects.toMatchObject({ code: "unavailable" });
  expect([await read.client.count(), await read.grant.count(), await openRuns()]).toEqual([0, 0, 0]);
  expect(await told((await created()).issued.certificate)).toBe("granted");
});

test("a rotation renews the certificate under its names, and both are accepted during the overlap", async () => {
  const first = await created();
  const [csr] = [requestFor("billing.example")];
  const second = await rotateByIssuing(context(), admin, first.credentialId, {
    certificate: wishes({ key: { from: "request", csr, source: "browser" } }),
    ...{ overlap: "6h", revokesOld: true },
  });
  expect((await certificateOf(second.issued.id)).replacesId).toBe(first.issued.id);
  now = addSeconds(now, 6 * HOUR - 1);
  expect([await told(first.issued.certificate), await told(second.issued.certificate)]).toEqual([
    ...["granted", "granted"],
  ]);
  now = addSeconds(now, 1);
  expect([await told(first.issued.certificate), await told(second.issued.certificate)]).toEqual([
    ...["credential-ended", "granted"],
  ]);
  await expect(
    rotateByIssuing(context(), admin, second.credentialId, {
      certificate: wishes({
        key: { from: "request", csr: requestFor("somebody.example"), source: "csr" },
      }),
      ...{ overlap: "now", revokesOld: false },
    }),
  ).rejects.toMatchObject({ code: "policyViolation", violations: [{ field: "names" }] });

  const third = await rotateByIssuing(context(), admin, second.credentialId, {
    certificate: wishes({ key: onServer }),
    ...{ overlap: "now", revokesOld: true },
  });
  expect(await told(second.issued.certificate)).toBe("credential-ended");
  expect(await told(third.issued.certificate)).toBe("granted");
  const revoked = { where: { certificateId: second.issued.id } };
  expect(await installation.database.read.revocation.findUnique(revoked)).toMatchObject({
    reason: "superseded",
  });
});

test("a credential without a certificate of ours is rotated to one that bears the client's name", async () => {
  const { clientId } = await created();
  const sha256 = "ab".repeat(32);
  const pinned = await addCredential(installation, admin, clientId, { kind: "key", sha256 });
  const { issued } = await rotateByIssuing(context(), admin, pinned, {
    certificate: wishes({ key: onServer }),
    ...{ overlap: "1h", revokesOld: false },
  });
  expect(new X509Certificate(issued.certificate).subject).toBe("CN=Billing");
  expect(await told(issued.certificate)).toBe("granted");
});

test("a retired client gets no certificate, and who may only manage clients issues none", async () => {
  const { clientId } = await created();
  const token = { kind: "token", id: "t", name: "t", scopes: ["client:manage"] } as const;
  const before = await installation.database.read.certificate.count();
  await expect(issueForClient(context(), token, clientId, wishes())).rejects.toMatchObject({
    code: "forbidden",
  });
  await retireClient(installation, admin, clientId);
  await expect(issueForClient(context(), admin, clientId, wishes())).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(issueForClient(context(), admin, "nobody", wishes())).rejects.toMatchObject({
    code: "notFound",
  });
  expect(await installation.database.read.certificate.count()).toBe(before);
});

test("a certificate that was just being issued when its client was retired is recorded and counts no more", async () => {
  const first = await created();
  await interruptedRotation(first.credentialId);
  await retireClient(installation, admin, first.clientId);
  now = addSeconds(now, 61);
  await settleInterruptedIssuances(installation);
  const orphan = await installation.database.read.certificate.findFirstOrThrow({
    where: { replacesId: first.issued.id },
  });
  expect([await told(first.issued.certificate), await told(orphan.body)]).toEqual([
    "credential-ended",
    "credential-ended",
  ]);
});

test("a certificate that was issued when the process ended is taken up as the client's, once", async () => {
  const first = await created();
  await interruptedRotation(first.credentialId);
  // One that nobody understands is left alone, and holds up none.
  await installation.database.write((transaction) =>
    beginRun(transaction, `${CLIENT_ISSUANCES}0@{}`, now, 60_000),
  );
  await settleInterruptedIssuances(installation);
  expect(await openRuns()).toBe(2);
  now = addSeconds(now, 61);
  await Promise.all([settleInterruptedIssuances(installation), settleInterruptedIssuances(installation)]);
  const orphan = await installation.database.read.certificate.findFirstOrThrow({
    where: { replacesId: first.issued.id },
  });
  expect([await told(first.issued.certificate), await told(orphan.body)]).toEqual(["granted", "granted"]);
  now = addSeconds(now, HOUR);
  await settleInterruptedIssuances(installation);
  expect([await told(first.issued.certificate), await told(orphan.body)]).toEqual([
    ...["credential-ended", "granted"],
  ]);
  expect(await openRuns()).toBe(1);
  const { credentials } = await getClient(installation, admin, first.clientId);
  expect(credentials).toHaveLength(2);
});

test("a certificate whose key was lost with the process is recorded as the client's, and is over", async () => {
  const first = await created();
  const { issuer: mortal, died } = dying("after");
  void rotateByIssuing(context(mortal), admin, first.credentialId, {
    certificate: wishes({ key: onServer }),
    ...{ overlap: "now", revokesOld: false },
  });
  await died;
  now = addSeconds(now, 61);
  await settleInterruptedIssuances(installation);
  const lost = await installation.database.read.certificate.findFirstOrThrow({
    where: { replacesId: first.issued.id },
  });
  expect([await told(first.issued.certificate), await told(lost.body)]).toEqual([
    ...["granted", "credential-ended"],
  ]);
  // The client is as able to rotate as before.
  const again = await rotateByIssuing(context(), admin, first.credentialId, {
    certificate: wishes({ key: onServer }),
    ...{ overlap: "now", revokesOld: false },
  });
  expect(await told(again.issued.certificate)).toBe("granted");
});

test("what was never issued is closed and told, and the client stays as it is", async () => {
  const { issuer: mortal, died } = dying("before");
  void created({}, mortal);
  await died;
  now = addSeconds(now, 61);
  await settleInterruptedIssuances(installation);
  expect(await openRuns()).toBe(1);
  now = addSeconds(now, 600);
  await closeAbandonedReservations(installation);
  await settleInterruptedIssuances(installation);
  expect(await openRuns()).toBe(0);
  const client = await installation.database.read.client.findFirstOrThrow();
  expect((await getClient(installation, admin, client.id)).credentials).toEqual([]);
  const told = { where: { action: "credential.not-issued", objectId: client.id } };
  expect(await installation.database.read.auditEvent.count(told)).toBe(1);
  const { issued } = await issueForClient(context(), admin, client.id, wishes());
  expect(issued.id).toBeTruthy();
});
