import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { createWholeClient } from "#lib/access/client-create.ts";
import { retireClient } from "#lib/access/client-status.ts";
import { addCredential, endCredential } from "#lib/access/credential-change.ts";
import { endedCredentialKeeper } from "#lib/access/credential-end.ts";
import { changeCredentialEnd, rotateCredential, stillUsed } from "#lib/access/credential-rotate.ts";
import { decide } from "#lib/access/decide/decide.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";

const [admin, operator] = [testActor("admin"), testActor("operator")];
const HOUR = 3_600;
const DAY = 24 * HOUR;
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
  access = new AccessSnapshot(installation, 365 * DAY * 1000);
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
});
afterEach(async () => {
  await issuer.close();
  await installation.close();
});

const [OLD, NEW] = ["ab".repeat(32), "cd".repeat(32)];
const pinned = (sha256: string, more = {}) => ({ kind: "certificate", sha256, ...more }) as const;
const until = async (id: string) =>
  (await installation.database.read.credential.findUniqueOrThrow({ where: { id } })).endsAt;

/** A client that is known by a certificate and may call the service. */
async function clientWith(sha256: string, name = "Billing") {
  const { clientId, credentialId } = await createWholeClient(installation, admin, {
    client: { name },
    grants: [{ serviceId }],
    credential: pinned(sha256),
  });
  return { clientId, credentialId: credentialId ?? expect.fail("no credential") };
}

/** What whoever presents a certificate is told. */
async function told(sha256: string): Promise<string> {
  await access.follow();
  const certificate: PresentedCertificate = {
    ...{ sha256, keySha256: "ef".repeat(32), names: [], issuer: null, notBefore: 0 },
    ...{ notAfter: Number.MAX_SAFE_INTEGER, isForClients: true, strength: 128, revocation: "good" },
  };
  const request = { service: "payments", method: "GET", path: "/", certificate };
  return decide(access.current ?? expect.fail("no snapshot"), request, now.getTime()).reason;
}

/** A certificate of our own authorities. */
async function issued(name = "billing.example") {
  const { id } = await issueFromRequest(issuer, admin, {
    profile: "client",
    csr: requestFor(name),
    source: "csr",
  });
  const row = await installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
  return { id, sha256: row.sha256 ?? "", keySha256: row.keySha256 };
}

const revocationOf = (certificateId: string) =>
  installation.database.read.revocation.findUnique({ where: { certificateId } });

test("both credentials are accepted during the overlap, and the old one is refused after it", async () => {
  const { credentialId } = await clientWith(OLD);
  const rotated = { proof: pinned(NEW), overlap: "6h", revokesOld: false } as const;
  await rotateCredential(installation, operator, credentialId, rotated);
  for (const seconds of [0, 6 * HOUR - 1]) {
    now = addSeconds(now, seconds);
    expect([await told(OLD), await told(NEW)]).toEqual(["granted", "granted"]);
  }
  now = addSeconds(now, 1);
  expect([await told(OLD), await told(NEW)]).toEqual(["credential-ended", "granted"]);
  now = addSeconds(now, 300 * DAY);
  expect([await told(OLD), await told(NEW)]).toEqual(["credential-ended", "granted"]);
});

test("without an overlap the old one is refused at once", async () => {
  const { credentialId } = await clientWith(OLD);
  await rotateCredential(installation, admin, credentialId, {
    ...{ proof: pinned(NEW), overlap: "now", revokesOld: false },
  });
  expect([await told(OLD), await told(NEW)]).toEqual(["credential-ended", "granted"]);
});

test("an overlap begins with the new one, and never prolongs the old one", async () => {
  const { credentialId } = await clientWith(OLD);
  const startsAt = addSeconds(now, DAY);
  await rotateCredential(installation, admin, credentialId, {
    ...{ proof: pinned(NEW, { startsAt }), overlap: "1h", revokesOld: false },
  });
  expect(await until(credentialId)).toEqual(addSeconds(startsAt, HOUR));
  expect([await told(OLD), await told(NEW)]).toEqual(["granted", "credential-not-started"]);

  const other = await clientWith("12".repeat(32), "Other");
  await changeCredentialEnd(installation, admin, other.credentialId, addSeconds(now, HOUR));
  await rotateCredential(installation, admin, other.credentialId, {
    ...{ proof: pinned("34".repeat(32)), overlap: "30d", revokesOld: false },
  });
  expect(await until(other.credentialId)).toEqual(addSeconds(now, HOUR));
});

test("an overlap is cut short or extended, but not once it is over", async () => {
  const { credentialId } = await clientWith(OLD);
  await rotateCredential(installation, admin, credentialId, {
    ...{ proof: pinned(NEW), overlap: "15m", revokesOld: false },
  });
  await changeCredentialEnd(installation, operator, credentialId, addSeconds(now, 7 * DAY));
  now = addSeconds(now, 6 * DAY);
  expect(await told(OLD)).toBe("granted");
  await expect(
    changeCredentialEnd(installation, admin, credentialId, addSeconds(now, -6)),
  ).rejects.toMatchObject({ code: "malformed", violations: [{ field: "endsAt" }] });
  // Said a second ago, it is now.
  await changeCredentialEnd(installation, admin, credentialId, addSeconds(now, -1));
  expect(await told(OLD)).toBe("credential-ended");
  await expect(
    changeCredentialEnd(installation, admin, credentialId, addSeconds(now, DAY)),
  ).rejects.toMatchObject({ code: "conflict" });
});

test("a credential is not extended into the time of somebody who has it next", async () => {
  const { credentialId } = await clientWith(OLD);
  await changeCredentialEnd(installation, admin, credentialId, addSeconds(now, DAY));
  const { clientId } = await clientWith(NEW, "Next");
  await addCredential(installation, admin, clientId, pinned(OLD, { startsAt: addSeconds(now, DAY) }));
  for (const endsAt of [addSeconds(now, DAY + 1), null]) {
    await expect(changeCredentialEnd(installation, admin, credentialId, endsAt)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Next"),
    });
  }
});

test("what cannot be rotated is told, and nothing of it stays", async () => {
  const { clientId, credentialId } = await clientWith(OLD);
  await clientWith("12".repeat(32), "Other");
  const rotated = (sha256: string, more = {}) =>
    rotateCredential(installation, admin, credentialId, {
      ...{ proof: pinned(sha256), overlap: "1h", revokesOld: false, ...more },
    });
  await expect(rotated(OLD)).rejects.toMatchObject({ code: "conflict", violations: [{ field: "sha256" }] });
  await expect(rotated("12".repeat(32))).rejects.toMatchObject({ code: "conflict" });
  await expect(rotated(NEW, { overlap: "2h" })).rejects.toMatchObject({ violations: [{ field: "overlap" }] });
  await expect(rotated(NEW, { revokesOld: true })).rejects.toMatchObject({
    code: "policyViolation",
    violations: [{ field: "revokesOld" }],
  });
  await expect(
    rotateCredential(installation, operator, credentialId, {
      ...{ proof: pinned(NEW), overlap: "1h", revokesOld: true },
    }),
  ).rejects.toMatchObject({ code: "forbidden" });
  expect(await until(credentialId)).toBeNull();
  expect(await installation.database.read.credential.count({ where: { clientId } })).toBe(1);

  await rotated(NEW);
  await expect(rotated("34".repeat(32))).rejects.toMatchObject({ code: "conflict" });
  now = addSeconds(now, HOUR);
  await expect(rotated("34".repeat(32))).rejects.toMatchObject({ code: "conflict" });
  await retireClient(installation, admin, clientId);
  await expect(changeCredentialEnd(installation, admin, credentialId, null)).rejects.toMatchObject({
    code: "conflict",
  });
});

test("the certificate of the old one is revoked when the overlap is over, if wished, and not before", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const [old, kept] = [await issued(), await issued()];
  const { credentialId } = await clientWith(old.sha256);
  const keep = endedCredentialKeeper(installation);
  await rotateCredential(installation, admin, credentialId, {
    ...{ proof: pinned(kept.sha256), overlap: "24h", revokesOld: true },
  });
  now = addSeconds(now, DAY - 1);
  await keep();
  expect(await revocationOf(old.id)).toBeNull();
  now = addSeconds(now, 1);
  await Promise.all([keep(), endedCredentialKeeper(installation)()]);
  expect(await revocationOf(old.id)).toMatchObject({
    reason: "superseded",
    comment: expect.stringContaining("Billing"),
  });
  expect(await revocationOf(kept.id)).toBeNull();
  const told = { where: { action: "certificate.revoked", objectId: old.id } };
  expect(await installation.database.read.auditEvent.count(told)).toBe(1);
});

test("nobody brings a revocation forward who may not revoke, and everybody may put it off or withdraw it", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const [old, kept] = [await issued(), await issued()];
  const { credentialId } = await clientWith(old.sha256);
  await rotateCredential(installation, admin, credentialId, {
    ...{ proof: pinned(kept.sha256), overlap: "30d", revokesOld: true },
  });
  const end = (at: Date, revokes?: boolean) =>
    changeCredentialEnd(installation, operator, credentialId, at, revokes);
  for (const at of [now, addSeconds(now, 29 * DAY)]) {
    await expect(end(at)).rejects.toMatchObject({ code: "forbidden" });
    await expect(end(at, true)).rejects.toMatchObject({ code: "forbidden" });
  }
  await expect(endCredential(installation, operator, credentialId, null)).rejects.toMatchObject({
    code: "forbidden",
  });
  expect(await revocationOf(old.id)).toBeNull();
  expect(await until(credentialId)).toEqual(addSeconds(now, 30 * DAY));
  await end(addSeconds(now, 31 * DAY));
  await end(now, false);
  expect(await told(old.sha256)).toBe("credential-ended");
  await endedCredentialKeeper(installation)();
  expect(await revocationOf(old.id)).toBeNull();
});

test("all certificates of a key are revoked with it, but none by which a client goes on to be known", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const csr = requestFor("billing.example");
  const ofKey = async () =>
    (await issueFromRequest(issuer, admin, { profile: "client", csr, source: "csr" })).id;
  const ids: string[] = [];
  for (let count = 0; count < 30; count++) ids.push(await ofKey());
  const rows = await installation.database.read.certificate.findMany({ where: { id: { in: ids } } });
  const [first] = rows;
  const { clientId, credentialId } = await clientWith(NEW);
  const key = { kind: "key", sha256: first?.keySha256 ?? "" } as const;
  const keyId = await addCredential(installation, admin, clientId, key);
  await rotateCredential(installation, admin, keyId, {
    ...{ proof: pinned(first?.sha256 ?? ""), overlap: "now", revokesOld: true },
  });
  const left = await installation.database.read.certificate.findMany({
    where: { id: { in: ids }, revocation: null },
    select: { id: true },
  });
  expect(left).toEqual([{ id: first?.id }]);
  expect(await until(credentialId)).toBeNull();
});

test("it is shown where the old one is still used", async () => {
  const { clientId, credentialId } = await clientWith(OLD);
  const { id: proxyId } = await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem" },
    services: [serviceId],
  });
  const tally = new UseTally(installation);
  const use = (credential: string, proxy: string, permitted = true) =>
    tally.note({ clientId, credentialId: credential, serviceId, proxyId: proxy, permitted, from: "" });
  use(credentialId, proxyId);
  await tally.flush();
  now = addSeconds(now, 2 * DAY);
  const lastAt = now;
  use(credentialId, proxyId);
  use(credentialId, proxyId);
  use(credentialId, "gone", false);
  use("another", "gone");
  await tally.flush();
  expect(await stillUsed(installation, admin, credentialId)).toEqual({
    lastAt,
    uses: [
      {
        service: { id: serviceId, slug: "payments", name: "Payments" },
        proxy: { id: proxyId, slug: "edge", name: "Edge" },
        ...{ permitted: 2, lastAt },
      },
    ],
  });
  now = addSeconds(now, 2 * DAY);
  expect((await stillUsed(installation, admin, credentialId)).uses).toEqual([]);
  await expect(stillUsed(installation, admin, "nothing")).rejects.toMatchObject({ code: "notFound" });
});
