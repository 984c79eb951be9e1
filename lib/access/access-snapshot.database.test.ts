import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { changeClient, createClient } from "#lib/access/client-change.ts";
import { resumeClient, retireClient, suspendClient } from "#lib/access/client-status.ts";
import { addCredential, endCredential } from "#lib/access/credential-change.ts";
import { decide } from "#lib/access/decide/decide.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import { changeService, createService, retireService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";

const admin = testActor("admin");
const HOUR = 3_600;
let now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let access: AccessSnapshot;

beforeEach(async () => {
  installation = await testInstallation(clock);
  access = new AccessSnapshot(installation, HOUR * 1000);
  await access.follow();
});
afterEach(() => installation.close());

const SHA = "ab".repeat(32);
const certificate: PresentedCertificate = {
  sha256: SHA,
  keySha256: "cd".repeat(32),
  names: [],
  issuer: null,
  notBefore: 0,
  notAfter: Number.MAX_SAFE_INTEGER,
  isForClients: true,
  strength: 128,
  revocation: "good",
};

/** What a certificate is told at a service, after whatever changed was taken in. */
async function told(service = "payments", presented: Partial<PresentedCertificate> = {}, path = "/") {
  await access.follow();
  const snapshot = access.current ?? expect.fail("no snapshot");
  const request = { service, method: "GET", path, certificate: { ...certificate, ...presented } };
  return decide(snapshot, request, now.getTime()).reason;
}

test("a client enters by what it proves and what it was granted, and every change counts at once", async () => {
  expect(await told()).toBe("service-unknown");
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  expect(await told()).toBe("client-unknown");
  const clientId = await createClient(installation, admin, { name: "Billing" });
  const credential = await addCredential(installation, admin, clientId, {
    kind: "certificate",
    sha256: SHA.toUpperCase().replace(/(..)(?=.)/g, "$1:"),
  });
  expect(await told()).toBe("not-granted");
  const grant = await createGrant(installation, admin, { clientId, serviceId, paths: ["/api"] });
  expect(await told()).toBe("path-not-granted");
  expect(await told("payments", {}, "/api/x")).toBe("granted");
  await createGrant(installation, admin, { clientId, serviceId });
  await endGrant(installation, admin, grant);
  expect(await told()).toBe("granted");

  await suspendClient(installation, admin, clientId);
  expect(await told()).toBe("client-suspended");
  await expect(suspendClient(installation, admin, clientId)).rejects.toMatchObject({ code: "conflict" });
  await resumeClient(installation, admin, clientId);
  expect(await told()).toBe("granted");
  await changeClient(installation, admin, clientId, 3, { name: "Billing", expiresAt: addSeconds(now, 60) });
  now = addSeconds(now, 60);
  expect(await told()).toBe("client-expired");
  await changeClient(installation, admin, clientId, 4, { name: "Billing" });
  await endCredential(installation, admin, credential, addSeconds(now, 60));
  expect(await told()).toBe("granted");
  now = addSeconds(now, 60);
  expect(await told()).toBe("credential-ended");

  await addCredential(installation, admin, clientId, { kind: "key", sha256: certificate.keySha256 });
  expect(await told()).toBe("granted");
  await changeService(installation, admin, serviceId, 1, { name: "Payments", minimumStrength: 192 });
  expect(await told()).toBe("key-too-weak");
  await changeService(installation, admin, serviceId, 2, { name: "Payments" });
  await retireClient(installation, admin, clientId);
  expect(await told()).toBe("credential-ended");
  await retireService(installation, admin, serviceId, 3);
  expect(await told()).toBe("service-unknown");
});

test("a name counts under its own authority only, and nobody else may have it", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const [first, second] = await installation.database.read.authority.findMany({ select: { id: true } });
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  const clientId = await createClient(installation, admin, { name: "Mesh" });
  const name = {
    kind: "name",
    nameType: "uri",
    nameValue: "spiffe://example.org/ns/prod/*",
    authorityId: first?.id ?? "",
  } as const;
  await addCredential(installation, admin, clientId, name);
  await createGrant(installation, admin, { clientId, serviceId });
  const names = [{ type: "uri", value: "spiffe://example.org/ns/prod/sa/api" }] as const;
  expect(await told("payments", { names, issuer: first?.id ?? "" })).toBe("granted");
  expect(await told("payments", { names, issuer: second?.id ?? "" })).toBe("client-unknown");
  expect(await told("payments", { names, issuer: null })).toBe("client-unknown");

  const other = await createClient(installation, admin, { name: "Other" });
  await expect(addCredential(installation, admin, other, name)).rejects.toMatchObject({
    code: "conflict",
    violations: [{ field: "nameValue" }],
  });
  await addCredential(installation, admin, other, { ...name, authorityId: second?.id ?? "" });
});

test("a snapshot that is made anew says the same as one that followed", async () => {
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  for (let index = 0; index < 20; index++) {
    const clientId = await createClient(installation, admin, { name: `Client ${index}` });
    const sha256 = index.toString(16).padStart(64, "0");
    await addCredential(installation, admin, clientId, { kind: "certificate", sha256 });
    if (index % 2 === 0) await createGrant(installation, admin, { clientId, serviceId });
    if (index % 3 === 0) await suspendClient(installation, admin, clientId);
    if (index % 7 === 0) await access.follow();
  }
  const anew = new AccessSnapshot(installation, HOUR * 1000);
  await anew.follow();
  for (let index = 0; index < 21; index++) {
    const sha256 = index.toString(16).padStart(64, "0");
    const followed = await told("payments", { sha256 });
    const request = {
      service: "payments",
      method: "GET",
      path: "/",
      certificate: { ...certificate, sha256 },
    };
    const made = anew.current ?? expect.fail("no snapshot");
    expect(decide(made, request, now.getTime()).reason).toBe(followed);
  }
});

test("bad input is named, and nothing of it stays", async () => {
  const clientId = await createClient(installation, admin, { name: "Ärger" });
  await expect(createClient(installation, admin, { name: "ÄRGER " })).rejects.toMatchObject({
    code: "conflict",
    violations: [{ field: "name" }],
  });
  const refusedField = (input: Parameters<typeof addCredential>[3]) =>
    addCredential(installation, admin, clientId, input).then(
      () => "accepted",
      ({ violations }) => violations[0].field,
    );
  const uri = { kind: "name", nameType: "uri", authorityId: "00000000000000000000000000" } as const;
  expect(await refusedField({ kind: "key", sha256: "abc" })).toMatch(/sha256|input/);
  expect(await refusedField({ ...uri, nameValue: "spiffe://example.org/*" })).toBe("nameValue");
  expect(await refusedField({ ...uri, nameValue: "spiffe://example.org/a/../*", isWideMeant: true })).toMatch(
    /nameValue|input/,
  );
  expect(await refusedField({ ...uri, nameValue: "spiffe://example.org/a" })).toBe("authorityId");
  expect(await refusedField({ kind: "key", sha256: SHA, startsAt: now, endsAt: now })).toBe("endsAt");
  expect(await installation.database.read.credential.count()).toBe(0);
  await expect(
    createGrant(installation, testActor("viewer"), { clientId, serviceId: "x" }),
  ).rejects.toMatchObject({ code: "forbidden" });
});

test("a database that fails, or says nothing, is away until it answers; then that is told", async () => {
  let answer: "answers" | "fails" | "is silent" = "answers";
  const { database } = installation;
  const ground = {
    findUniqueOrThrow: (query: Parameters<typeof database.read.ground.findUniqueOrThrow>[0]) =>
      answer === "answers"
        ? database.read.ground.findUniqueOrThrow(query)
        : answer === "fails"
          ? Promise.reject(new Error("gone"))
          : new Promise((resolve) => {
              speak = () => resolve(database.read.ground.findUniqueOrThrow(query));
            }),
  };
  let speak = () => {};
  const read = new Proxy(database.read, {
    get: (target, name) => (name === "ground" ? ground : Reflect.get(target, name)),
  });
  const following = new AccessSnapshot({ ...installation, database: { ...database, read } }, HOUR * 1000);
  const told: (Date | null)[] = [];
  following.onFollowed = (since) => told.push(since);
  await following.start();
  expect(following.awaySince).toBeNull();
  answer = "fails";
  await expect.poll(() => following.awaySince, { timeout: 10_000 }).toEqual(now);
  answer = "answers";
  await expect.poll(() => following.awaySince, { timeout: 10_000 }).toBeNull();
  answer = "is silent";
  await expect.poll(() => following.awaySince, { timeout: 10_000 }).toEqual(now);
  answer = "answers";
  speak();
  await expect.poll(() => following.awaySince, { timeout: 10_000 }).toBeNull();
  await following.end();
  expect(told.filter((since) => since !== null)).toEqual([now, now]);
});
