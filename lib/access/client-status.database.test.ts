import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { createWholeClient } from "#lib/access/client-create.ts";
import { issueForNewClient } from "#lib/access/client-issue.ts";
import { certificatesOfClient, retireClient, suspendClient } from "#lib/access/client-status.ts";
import { changeStatuses } from "#lib/access/client-status-bulk.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { changeCredentialEnd } from "#lib/access/credential-rotate.ts";
import { decide } from "#lib/access/decide/decide.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";

const [admin, operator] = [testActor("admin"), testActor("operator")];
let installation: TestInstallation;
let issuer: Issuer;

beforeEach(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
});
afterEach(async () => {
  await issuer.close();
  await installation.close();
});

const created = async (name: string, more = {}) =>
  (await createWholeClient(installation, admin, { client: { name, ...more } })).clientId;
const statuses = async () =>
  Object.fromEntries(
    (await installation.database.read.client.findMany()).map(({ name, status }) => [name, status]),
  );

test("a client is retired with its certificates, but not with one by which another is known", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const key = { from: "request", csr: requestFor("a.example"), source: "csr" } as const;
  const issued = async (name: string) =>
    issueForNewClient(
      { installation, issuer },
      admin,
      { client: { name } },
      { key, provenBy: "certificate" },
    );
  const [first, second] = [await issued("First"), await issued("Second")];
  const { keySha256 } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: first.issued.id },
  });
  // By the key, too: that does not keep the client's own certificate from being revoked.
  await addCredential(installation, admin, first.clientId, { kind: "key", sha256: keySha256 });
  await addCredential(installation, admin, first.clientId, { kind: "key", sha256: "ab".repeat(32) });

  await expect(retireClient(installation, operator, first.clientId, { revokes: true })).rejects.toMatchObject(
    { code: "forbidden" },
  );
  expect(await certificatesOfClient(installation, operator, first.clientId)).toMatchObject([
    { id: first.issued.id },
  ]);
  await retireClient(installation, admin, first.clientId, { revokes: true });
  const revoked = await installation.database.read.revocation.findMany();
  expect(revoked).toMatchObject([{ certificateId: first.issued.id, reason: "cessationOfOperation" }]);

  await retireClient(installation, admin, second.clientId);
  expect(await installation.database.read.revocation.count()).toBe(1);
  expect(await statuses()).toEqual({ First: "retired", Second: "retired" });
});

test("what a retired client was known by ends with it, and may be another's at once", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const { id: authorityId } = await installation.database.read.authority.findFirstOrThrow({
    where: { kind: "root" },
  });
  const access = new AccessSnapshot(installation, 3_600_000);
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  const [sha256, keySha256] = ["ab".repeat(32), "cd".repeat(32)];
  const told = async (more: Partial<PresentedCertificate> = {}) => {
    await access.follow();
    const certificate: PresentedCertificate = {
      ...{ sha256, keySha256, names: [{ type: "dns", value: "a.example" }], issuer: authorityId },
      ...{ notBefore: 0, notAfter: 8e15, isForClients: true, strength: 128, revocation: "good", ...more },
    };
    const snapshot = access.current ?? expect.fail("no snapshot");
    const request = { service: "payments", method: "GET", path: "/", certificate };
    return decide(snapshot, request, installation.clock.now().getTime()).reason;
  };
  const tomorrow = new Date(Date.now() + 86_400_000);
  const proofs = [
    { kind: "certificate", sha256 },
    { kind: "key", sha256: keySha256 },
    { kind: "name", nameType: "dns", nameValue: "a.example", authorityId },
    { kind: "key", sha256: "ef".repeat(32), startsAt: tomorrow },
  ] as const;
  let before = "";
  for (const name of ["one", "two", "three"]) {
    const id = await created(name);
    await createGrant(installation, admin, { clientId: id, serviceId });
    const credentials: string[] = [];
    for (const proof of proofs) credentials.push(await addCredential(installation, admin, id, proof));
    expect(await told(), before).toBe("granted");
    if (name === "two") await changeStatuses(installation, admin, { change: "retire", clientIds: [id] });
    else await retireClient(installation, admin, id);
    expect(await told()).toBe("credential-ended");
    expect(await told({ sha256: "", keySha256: "ef".repeat(32), names: [] })).toBe("credential-ended");
    expect(await installation.database.read.credential.count({ where: { clientId: id, endsAt: null } })).toBe(
      0,
    );
    before = id;
  }
  const events = await installation.database.read.auditEvent.findMany({
    where: { action: "client.retired" },
    select: { details: true },
  });
  expect(events.map(({ details }) => JSON.parse(details) as unknown)).toEqual(
    Array.from({ length: 3 }, () => ({ before: "active", revokes: false, credentialsEnded: 4 })),
  );
});

test("a certificate that was to be revoked at the end of its credential is revoked when its client is retired", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const key = { from: "request", csr: requestFor("a.example"), source: "csr" } as const;
  const wishes = { key, provenBy: "certificate" } as const;
  const context = { installation, issuer };
  const issuedFor = (name: string) => issueForNewClient(context, admin, { client: { name } }, wishes);
  const [leaving, staying] = [await issuedFor("Leaving"), await issuedFor("Staying")];
  const tomorrow = new Date(Date.now() + 86_400_000);
  await changeCredentialEnd(installation, admin, leaving.credentialId, tomorrow, true);
  await changeCredentialEnd(installation, admin, staying.credentialId, tomorrow, false);
  await retireClient(installation, operator, leaving.clientId);
  await retireClient(installation, operator, staying.clientId);
  expect(await installation.database.read.revocation.findMany()).toMatchObject([
    { certificateId: leaving.issued.id, reason: "cessationOfOperation" },
  ]);
});

test("several clients are suspended, resumed and retired, each by itself", async () => {
  const [one, two, kept, gone] = [
    await created("one"),
    await created("two"),
    await created("kept", { isProtected: true }),
    await created("gone"),
  ];
  await suspendClient(installation, admin, two);
  await retireClient(installation, admin, gone);
  const all = [one, two, kept, gone, one, "nobody"];
  const change = (what: "suspend" | "resume" | "retire") =>
    changeStatuses(installation, operator, { change: what, clientIds: all });
  expect(await change("suspend")).toMatchObject({
    changed: [one, kept],
    refused: [{ clientId: two }, { clientId: gone }, { clientId: "nobody" }],
  });
  expect((await change("resume")).changed).toEqual([one, two, kept]);
  const retired = await change("retire");
  expect(retired.changed).toEqual([one, two]);
  expect(retired.refused[0]).toMatchObject({ clientId: kept, reason: expect.stringContaining("protected") });
  expect(await statuses()).toEqual({ one: "retired", two: "retired", kept: "active", gone: "retired" });
  await expect(
    changeStatuses(installation, operator, { change: "suspend", clientIds: [] }),
  ).rejects.toMatchObject({ violations: [{ field: "clientIds" }] });
});
