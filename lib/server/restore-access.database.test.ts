import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runScript } from "#e2e/fixtures/command.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { changeClient, createClient } from "#lib/access/client-change.ts";
import { resumeClient, retireClient, suspendClient } from "#lib/access/client-status.ts";
import { addCredential, endCredential } from "#lib/access/credential-change.ts";
import { changeCredentialEnd } from "#lib/access/credential-rotate.ts";
import { decide } from "#lib/access/decide/decide.ts";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import { changeProxy, createProxy, replaceProxyToken, retireProxy } from "#lib/access/proxy-change.ts";
import type { ProxyChange } from "#lib/access/proxy-input.ts";
import { getProxy } from "#lib/access/proxy-read.ts";
import { changeService, createService, retireService } from "#lib/access/service-change.ts";
import { getService } from "#lib/access/service-read.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { openDatabase } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";

const admin = testActor("admin");
const HOUR = 3_600;
/** Else the clock goes on as the machine's does, by which the scripts go. */
let stoppedAt: Date | null = null;
const clock: Clock = { now: () => stoppedAt ?? systemClock.now() };
let installation: TestInstallation;
let file: string;
let keys: number;

beforeEach(async () => {
  [stoppedAt, keys] = [null, 0];
  installation = await testInstallation(clock);
  file = join(installation.config.dataFolder, "copy.gz");
});
afterEach(() => installation.close());

const backUp = async () =>
  expect(await runScript("backup", ["--to", file], installation.environment)).toMatchObject({ code: 0 });

/** Restores, and runs the work with what is there then. */
async function restored(work: (here: Installation, output: string) => Promise<void>): Promise<void> {
  await installation.database.close();
  const { code, output } = await runScript("restore", ["--from", file, "--yes"], installation.environment);
  expect(code, output).toBe(0);
  const here = { ...installation, database: openDatabase(installation.config.database) };
  try {
    await work(here, output);
  } finally {
    await here.database.close();
  }
}

/** A client that is known by a key and may call a service. */
async function admitted(name: string, serviceId: string) {
  const id = await createClient(installation, admin, { name });
  const key = (++keys).toString(16).padStart(64, "0");
  const credential = await addCredential(installation, admin, id, { kind: "key", sha256: key });
  const grant = await createGrant(installation, admin, { clientId: id, serviceId });
  return { id, key, credential, grant };
}

/** What whoever has a key is told at a service. */
async function told(here: Installation, key: string, service = "payments"): Promise<string> {
  const access = new AccessSnapshot(here, 60_000);
  await access.follow();
  const certificate = {
    ...{ sha256: "", keySha256: key, names: [], issuer: null, notBefore: 0 },
    ...{ notAfter: Number.MAX_SAFE_INTEGER, isForClients: true, strength: 128 },
    revocation: "good" as const,
  };
  const snapshot = access.current ?? expect.fail("no snapshot");
  const request = { service, method: "GET", path: "/", certificate };
  return decide(snapshot, request, clock.now().getTime()).reason;
}

test("whoever was refused after a backup is refused when it is restored, and who was let in is told of", {
  timeout: 120_000,
}, async () => {
  const service = await createService(installation, admin, { slug: "payments", name: "Payments" });
  const names = ["Suspended", "Retired", "Expired", "Ended", "Taken", "Resumed", "Kept", "Later"] as const;
  const clients = new Map<string, Awaited<ReturnType<typeof admitted>>>();
  for (const name of names) clients.set(name, await admitted(name, service));
  const of = (name: (typeof names)[number]) => clients.get(name) ?? expect.fail(name);
  await suspendClient(installation, admin, of("Resumed").id);
  await backUp();

  const suspendedAt = addSeconds(systemClock.now(), 3);
  stoppedAt = suspendedAt;
  await suspendClient(installation, admin, of("Suspended").id);
  await retireClient(installation, admin, of("Retired").id);
  const expiresAt = addSeconds(clock.now(), 1);
  await changeClient(installation, admin, of("Expired").id, 1, { name: "Expired", expiresAt });
  await endCredential(installation, admin, of("Ended").credential, null);
  await endGrant(installation, admin, of("Taken").grant);
  await resumeClient(installation, admin, of("Resumed").id);
  await endCredential(installation, admin, of("Later").credential, addSeconds(clock.now(), HOUR));
  await addCredential(installation, admin, of("Kept").id, { kind: "key", sha256: "ab".repeat(32) });
  await createGrant(installation, admin, { clientId: of("Kept").id, serviceId: service, paths: ["/a"] });
  await admitted("Made since", service);
  stoppedAt = addSeconds(suspendedAt, 2);
  await restored(async (here, output) => {
    const reasons: string[] = [];
    for (const name of names) reasons.push(`${name}: ${await told(here, of(name).key)}`);
    expect(reasons).toEqual([
      "Suspended: client-suspended",
      "Retired: credential-ended",
      "Expired: client-expired",
      "Ended: credential-ended",
      "Taken: grant-ended",
      "Resumed: client-suspended",
      "Kept: granted",
      "Later: granted",
    ]);
    const { read } = here.database;
    expect(await read.client.findUnique({ where: { id: of("Suspended").id } })).toMatchObject({
      status: "suspended",
      statusSince: suspendedAt,
    });
    const later = await read.credential.findUnique({ where: { id: of("Later").credential } });
    expect(later?.endsAt).toBeInstanceOf(Date);
    expect(output).toContain("7 decisions about who may call what that were taken after the backup stay");
    expect(output).toContain("resume them: Resumed.");
    expect(output).toContain("make them again: Made since.");
    expect(output).toContain("add them again: Kept (key).");
    expect(output).toContain("give them again: Kept (Payments).");
    const events = await read.auditEvent.findMany({ orderBy: { sequence: "desc" }, take: 8 });
    expect(events.map(({ action, objectName }) => `${action} ${objectName}`).sort()).toEqual(
      [
        "installation.restored Countersign",
        "client.suspended Suspended",
        "client.retired Retired",
        "client.changed Expired",
        "credential.ended Ended",
        "credential.ended Retired",
        "credential.ended Later",
        "grant.ended Taken",
      ].sort(),
    );
    const check = verifyChain(here, admin);
    let step = await check.next();
    while (!step.done) step = await check.next();
    expect(step.value).toMatchObject({ whole: true, fault: null });
  });
});

test("a certificate is revoked at the end of a credential only if that was the last word", {
  timeout: 120_000,
}, async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const issuer = inlineIssuer(installation);
  const certificateId = await issueNamed(issuer, admin, "billing.example.test");
  await issuer.close();
  const { sha256 } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: certificateId },
  });
  const id = await createClient(installation, admin, { name: "Billing" });
  const proof = { kind: "certificate", sha256: sha256 ?? "" } as const;
  const credential = await addCredential(installation, admin, id, proof);
  const end = (hours: number, revokes: boolean) =>
    changeCredentialEnd(installation, admin, credential, addSeconds(clock.now(), hours * HOUR), revokes);
  await end(1, true);
  await backUp();
  await end(2, false);
  await restored(async (here, output) => {
    const { endsAt, revokesAtEnd } = await here.database.read.credential.findUniqueOrThrow({
      where: { id: credential },
    });
    expect(revokesAtEnd).toBe(false);
    expect(endsAt?.getTime()).toBeLessThanOrEqual(addSeconds(clock.now(), HOUR).getTime());
    expect(output).toContain("that end earlier again: move it: Billing (certificate).");
  });
});

test("proxies keep the token that they have, and services stay as strict as they became", {
  timeout: 120_000,
}, async () => {
  const learning = { unknownClients: "learn", failsOpen: true, minimumStrength: 0 } as const;
  const payments = await createService(installation, admin, {
    slug: "payments",
    name: "Payments",
    ...learning,
  });
  const orders = await createService(installation, admin, { slug: "orders", name: "Orders" });
  const old = await createService(installation, admin, { slug: "old", name: "Old" });
  const facts: ProxyChange = {
    ...{ name: "Edge", kind: "nginx", header: "client-cert", services: [payments, orders] },
  };
  const proxy = (slug: string, certificateSha256: string | null) =>
    createProxy(installation, admin, { ...facts, slug, certificateSha256 });
  const edge = await proxy("edge", "aa".repeat(32));
  const other = await proxy("other", "bb".repeat(32));
  const gone = await proxy("gone", null);
  await backUp();

  const change = (id: string, version: number, certificateSha256: string | null, more = {}) =>
    changeProxy(installation, admin, id, version, { ...facts, ...more, certificateSha256 });
  await change(edge.id, 1, null);
  await change(other.id, 1, "aa".repeat(32));
  await change(edge.id, 2, "bb".repeat(32), {
    ...{ services: [payments], header: "x-client-cert-pem", bundle: "clients", software: "1.26.0" },
  });
  await replaceProxyToken(installation, admin, edge.id, 3);
  await retireProxy(installation, admin, gone.id, 1);
  await changeService(installation, admin, payments, 1, { name: "Payments", minimumStrength: 128 });
  await retireService(installation, admin, old, 1);
  const before = await getProxy(installation, admin, "edge");
  await restored(async (here) => {
    const { version: _, ...kept } = await getProxy(here, admin, "edge");
    expect(before).toMatchObject(kept);
    expect(kept).toMatchObject({ certificateSha256: "bb".repeat(32), header: "x-client-cert-pem" });
    expect(kept).toMatchObject({ bundle: "clients", software: "1.26.0" });
    const { tokenHash } = await here.database.read.proxy.findUniqueOrThrow({ where: { slug: "edge" } });
    expect(tokenHash).not.toBe("");
    expect(kept.tokenPrefix).not.toBe(edge.token.slice(0, kept.tokenPrefix.length));
    expect(await getProxy(here, admin, "other")).toMatchObject({ certificateSha256: "aa".repeat(32) });
    expect(await getProxy(here, admin, "gone")).toMatchObject({ status: "retired" });
    expect(await getService(here, admin, "payments")).toMatchObject({
      unknownClients: "refuse",
      failsOpen: false,
      minimumStrength: 128,
    });
    expect(await getService(here, admin, "old")).toMatchObject({ status: "retired" });
  });
});

test("services accept no authority again that they did not accept any more", {
  timeout: 120_000,
}, async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const ids = (await installation.database.read.authority.findMany()).map(({ id }) => id);
  const [one, two] = [ids[0] ?? expect.fail(), ids[1] ?? expect.fail()];
  const cases = {
    narrowed: { backup: [one, two], since: [two], restored: [two] },
    opened: { backup: [one], since: [], restored: [one] },
    closed: { backup: [], since: [one], restored: [one] },
    exchanged: { backup: [one], since: [two], restored: [two] },
    kept: { backup: [two], since: [two], restored: [two] },
  };
  const services: string[] = [];
  for (const [slug, { backup }] of Object.entries(cases)) {
    services.push(await createService(installation, admin, { slug, name: slug, authorities: backup }));
  }
  await backUp();
  for (const [index, [name, { since }]] of Object.entries(cases).entries()) {
    await changeService(installation, admin, services[index] ?? "", 1, { name, authorities: since });
  }
  await restored(async (here, output) => {
    for (const [slug, { restored: wanted }] of Object.entries(cases)) {
      const { authorities } = await here.database.read.service.findUniqueOrThrow({ where: { slug } });
      expect([slug, JSON.parse(authorities)]).toEqual([slug, wanted]);
    }
    expect(output).toContain("look whom they accept, and whom they refuse: opened.");
  });
});

test("the versions of allowlists never go down, whether or not the replaced database is there", {
  timeout: 120_000,
}, async () => {
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  const list = (format: string, version: number) => ({
    ...{ serviceId, format, version, sha256: "ab".repeat(32), admitted: 1, unexpressed: 0 },
    madeAt: clock.now(),
  });
  await installation.database.write((transaction) =>
    transaction.allowlist.createMany({ data: [list("nginx", 5), list("json", 7)] }),
  );
  await backUp();
  await installation.database.write(async (transaction) => {
    await transaction.allowlist.updateMany({ where: { format: "nginx" }, data: { version: 9 } });
    await transaction.allowlist.create({ data: list("caddy", 3) });
  });
  const versions = async (here: Installation) =>
    Object.fromEntries(
      (await here.database.read.allowlist.findMany()).map(({ format, version, sha256 }) => [
        format,
        [version, sha256],
      ]),
    );
  await restored(async (here) => {
    expect(await versions(here)).toEqual({ nginx: [9, ""], json: [7, ""], caddy: [3, ""] });
    // A number without a list is none that anybody was given.
    expect((await getService(here, admin, "payments")).allowlists).toEqual([]);
  });
  const { target } = installation.database;
  if (target.provider !== "sqlite") return;
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${target.file}${suffix}`, { force: true });
  await restored(async (here) => {
    const leapt = await versions(here);
    expect(leapt).toMatchObject({ nginx: [1_000_005, ""], json: [1_000_007, ""], haproxy: [1_000_000, ""] });
    expect(Object.keys(leapt)).toHaveLength(6);
  });
});
