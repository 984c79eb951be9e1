import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { admitCaller, dismissCaller } from "#lib/access/caller-admit.ts";
import { countCallers, listCallers } from "#lib/access/caller-read.ts";
import { CALLER_DAYS, CallerTally, type SeenCaller } from "#lib/access/caller-tally.ts";
import { createClient } from "#lib/access/client-change.ts";
import { getClient } from "#lib/access/client-read.ts";
import { clientsOfCertificate } from "#lib/access/clients-of-certificate.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { readKnownIssuers } from "#lib/access/known-issuers.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { generateKeyPair } from "#lib/x509/key.ts";

const admin = testActor("admin");
let now: Date;
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let tally: CallerTally;
let serviceId: string;
let proxyId: string;

beforeEach(async () => {
  now = truncateToSecond(new Date());
  installation = await testInstallation(clock);
  tally = new CallerTally(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  ({ id: proxyId } = await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem" },
    services: [serviceId],
  }));
});
afterEach(() => installation.close());

async function issue(name: string, names?: GeneralName[]) {
  const issuer = inlineIssuer(installation);
  const { id } = await issuer.issue({
    profile: "client",
    key: await generateKeyPair("ecdsa-p256"),
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: names ?? [
      { type: "dns", value: `${name}.example` },
      { type: "uri", value: `spiffe://example.org/${name}` },
    ],
    source: "api",
    actor: admin,
  });
  await issuer.close();
  const row = await installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
  return { der: row.body, sha256: row.sha256 ?? "", keySha256: row.keySha256, issuerId: row.issuerId ?? "" };
}

const seen = (
  { der, sha256 }: { der: Uint8Array; sha256: string },
  more: Partial<SeenCaller> = {},
): SeenCaller => ({ sha256, serviceId, proxyId, reason: "client-unknown", der: () => der, ...more });

test("whoever comes unknown is remembered with its certificate, how often and when", async () => {
  const certificate = await issue("stranger");
  const first = now;
  const der = vi.fn(() => certificate.der);
  tally.note(seen(certificate, { der }));
  tally.note(seen(certificate, { der }));
  expect(der).toHaveBeenCalledTimes(1);
  await tally.flush();
  now = addSeconds(now, 60);
  tally.note(seen(certificate, { reason: "learning" }));
  await tally.end();
  await tally.flush();
  const { callers, next } = await listCallers(installation, testActor("viewer"));
  expect(next).toBeNull();
  expect(callers).toEqual([
    expect.objectContaining({
      sha256: certificate.sha256,
      service: { id: serviceId, slug: "payments", name: "Payments" },
      proxy: { slug: "edge", name: "Edge" },
      displayName: "stranger",
      reason: "learning",
      count: 3,
      firstSeenAt: first,
      lastSeenAt: now,
      issuer: { id: certificate.issuerId, name: expect.any(String) },
      client: null,
    }),
  ]);
  expect(await countCallers(installation, admin)).toBe(1);
});

test("one click admits a caller: a client, its credential and the grant, or nothing of them", async () => {
  const certificate = await issue("stranger");
  tally.note(seen(certificate));
  await tally.flush();
  const asked = { sha256: certificate.sha256, serviceId, name: "Stranger" };
  await expect(admitCaller(installation, testActor("viewer"), asked)).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(admitCaller(installation, admin, { ...asked, name: undefined })).rejects.toMatchObject({
    violations: [{ field: "name" }],
  });
  const id = await admitCaller(installation, admin, { ...asked, environment: "production" });
  const client = await getClient(installation, admin, id);
  expect(client).toMatchObject({
    ...{ name: "Stranger", environment: "production", source: "traffic" },
    credentials: [{ kind: "certificate", sha256: certificate.sha256 }],
    grants: [{ serviceId, paths: [], methods: [], endsAt: null }],
  });
  expect(await countCallers(installation, admin)).toBe(0);
  await expect(admitCaller(installation, admin, asked)).rejects.toMatchObject({ code: "notFound" });
  expect(await installation.database.read.client.count()).toBe(1);
  const events = await installation.database.read.auditEvent.findMany({
    where: { objectId: id },
    orderBy: { sequence: "asc" },
  });
  expect(events.map(({ action }) => action)).toEqual(["client.created", "credential.added", "grant.created"]);
});

test("it is known from then on by its key, or by the name that tells most, as was chosen", async () => {
  const [first, second] = [await issue("first"), await issue("second")];
  for (const each of [first, second]) tally.note(seen(each));
  await tally.flush();
  const byKey = await admitCaller(installation, admin, {
    ...{ sha256: first.sha256, serviceId, name: "First", by: "key" },
  });
  expect((await getClient(installation, admin, byKey)).credentials).toMatchObject([
    { kind: "key", sha256: first.keySha256 },
  ]);
  const byName = await admitCaller(installation, admin, {
    ...{ sha256: second.sha256, serviceId, name: "Second", by: "name" },
  });
  expect((await getClient(installation, admin, byName)).credentials).toMatchObject([
    { kind: "name", nameType: "uri", nameValue: "spiffe://example.org/second", authorityId: second.issuerId },
  ]);
});

test("a caller who is a client already is granted the service, and never becomes two", async () => {
  const certificate = await issue("billing");
  const clientId = await createClient(installation, admin, { name: "Billing" });
  await addCredential(installation, admin, clientId, {
    ...{ kind: "name", nameType: "dns", nameValue: "*.example", authorityId: certificate.issuerId },
    isWideMeant: true,
  });
  tally.note(seen(certificate, { reason: "not-granted" }));
  await tally.flush();
  const { callers } = await listCallers(installation, admin);
  expect(callers[0]?.client).toEqual({ id: clientId, name: "Billing" });
  const asked = { sha256: certificate.sha256, serviceId };
  await expect(admitCaller(installation, admin, { ...asked, name: "Second" })).rejects.toMatchObject({
    code: "conflict",
    violations: [{ field: "name" }],
  });
  expect(await admitCaller(installation, admin, asked)).toBe(clientId);
  expect(await getClient(installation, admin, clientId)).toMatchObject({
    credentials: [{ kind: "name" }],
    grants: [{ serviceId }],
  });
});

test("a certificate of very many names is looked up like any other", async () => {
  const { issuerId, keySha256 } = await issue("one");
  const clientId = await createClient(installation, admin, { name: "Many" });
  await addCredential(installation, admin, clientId, {
    ...{ kind: "name", nameType: "dns", nameValue: "h2999.example", authorityId: issuerId },
  });
  const names = Array.from(
    { length: 3_000 },
    (_, index) => ({ type: "dns", value: `h${index}.example` }) as const,
  );
  const presented = { sha256: "ab".repeat(32), keySha256, names, issuer: issuerId };
  const issuers = await readKnownIssuers(installation.database);
  expect(await clientsOfCertificate(installation.database.read, presented, issuers, now)).toEqual([
    { id: clientId, name: "Many", by: "name" },
  ]);
  const stranger = { ...presented, issuer: null };
  expect(await clientsOfCertificate(installation.database.read, stranger, issuers, now)).toEqual([]);
});

test("nobody is admitted who would be refused all the same", async () => {
  const certificate = await issue("stranger");
  const another = await installation.database.read.authority.findFirstOrThrow({
    where: { id: { not: certificate.issuerId } },
  });
  const others = await createService(installation, admin, {
    ...{ slug: "others", name: "Others" },
    authorities: [another.id],
  });
  tally.note(seen(certificate, { serviceId: others }));
  await tally.flush();
  await expect(
    admitCaller(installation, admin, { sha256: certificate.sha256, serviceId: others, name: "Stranger" }),
  ).rejects.toMatchObject({ code: "policyViolation", violations: [{ field: "serviceId" }] });
  expect(await installation.database.read.client.count()).toBe(0);
});

test("a caller that is dismissed is forgotten until it comes again, and that is on record", async () => {
  const certificate = await issue("stranger");
  tally.note(seen(certificate));
  await tally.flush();
  await dismissCaller(installation, admin, { sha256: certificate.sha256, serviceId });
  expect(await countCallers(installation, admin)).toBe(0);
  expect(await installation.database.read.auditEvent.count({ where: { action: "caller.dismissed" } })).toBe(
    1,
  );
  for (const sha256 of [certificate.sha256, "\0", "x".repeat(5_000)]) {
    await expect(dismissCaller(installation, admin, { sha256, serviceId })).rejects.toMatchObject({
      code: "notFound",
    });
  }
  tally.note(seen(certificate));
  await tally.flush();
  expect(await countCallers(installation, admin)).toBe(1);
});

test("strangers fill neither the memory nor the database, and what cannot be read is not kept", async () => {
  const certificate = await issue("stranger");
  tally.note(seen({ der: new Uint8Array(20_000), sha256: "aa".repeat(32) }));
  tally.note(seen({ der: new Uint8Array([0x30, 0]), sha256: "bb".repeat(32) }));
  tally.note(seen(certificate, { der: () => null }));
  await tally.flush();
  expect(await countCallers(installation, admin)).toBe(0);
  for (let index = 0; index < 1_100; index++) {
    tally.note(seen({ der: certificate.der, sha256: index.toString(16).padStart(64, "0") }));
  }
  await tally.flush();
  expect(await countCallers(installation, admin)).toBe(1_000);
  const page = await listCallers(installation, admin, { service: "payments", limit: 2 });
  const more = await listCallers(installation, admin, { after: page.next ?? "", limit: 2 });
  expect([...page.callers, ...more.callers].map(({ sha256 }) => Number.parseInt(sha256, 16))).toEqual([
    0, 1, 2, 3,
  ]);
  expect((await listCallers(installation, admin, { service: "none" })).callers).toEqual([]);
  await expect(listCallers(installation, admin, { after: "x" })).rejects.toMatchObject({ code: "malformed" });
  now = addSeconds(now, CALLER_DAYS * 86_400);
  tally.note(seen(certificate));
  await tally.flush();
  expect(await countCallers(installation, admin)).toBe(1);
});

test("what could not be written is written later, once", async () => {
  const certificate = await issue("stranger");
  tally.note(seen(certificate));
  const write = vi.spyOn(installation.database, "write").mockRejectedValueOnce(new Error("gone"));
  await expect(tally.flush()).rejects.toThrow("gone");
  write.mockRestore();
  tally.note(seen(certificate));
  await tally.flush();
  await tally.flush();
  const { callers } = await listCallers(installation, admin);
  expect(callers.map(({ count }) => count)).toEqual([2]);
});

test("a caller that is admitted by name is known by a name that stands for nobody else", async () => {
  const names: GeneralName[] = [{ type: "uri", value: "https://x.example/ns/*" }];
  const named = await issue("*", names);
  tally.note(seen(named));
  await tally.flush();
  const admission = { serviceId, by: "name" } as const;
  await expect(
    admitCaller(installation, admin, { ...admission, sha256: named.sha256, name: "Nobody" }),
  ).rejects.toMatchObject({ violations: [{ field: "by", rule: "caller.name" }] });
  expect(await installation.database.read.client.count()).toBe(0);
  // The next best name is taken instead.
  const plain = await issue("plain", [...names, { type: "dns", value: "plain.example" }]);
  tally.note(seen(plain));
  await tally.flush();
  const id = await admitCaller(installation, admin, { ...admission, sha256: plain.sha256, name: "Plain" });
  expect((await getClient(installation, admin, id)).credentials).toMatchObject([
    { kind: "name", nameType: "dns", nameValue: "plain.example" },
  ]);
});
