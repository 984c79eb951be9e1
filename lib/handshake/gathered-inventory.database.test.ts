import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { createClient } from "#lib/access/client-change.ts";
import { suspendClient } from "#lib/access/client-status.ts";
import { addCredential, endCredential } from "#lib/access/credential-change.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { type Founded, foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import type { Database } from "#lib/database.ts";
import { createBundle } from "#lib/inventory/trust-bundle-change.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { inventoryFromDatabase } from "./inventory-from-database.ts";
import { UNKNOWN_PROXY } from "./inventory-view.ts";
import type { Observation, SeenCertificate } from "./observation.ts";
import { proxyFacts } from "./proxy-facts.ts";
import { servicesBehind } from "./service-behind.ts";
import { trustedOfBundle } from "./trusted-roots.ts";

const admin = testActor("admin");
let now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
let here: TestInstallation;
let issuer: Issuer;
let founded: Founded;

beforeAll(async () => {
  here = await testInstallation(clock);
  founded = await foundAuthorities(here, admin, { organisation: "Example" });
  issuer = inlineIssuer(here);
});
afterAll(async () => {
  await issuer.close();
  await here.close();
});

async function issue(name: string, profile = "client") {
  const { id } = await issueFromRequest(issuer, admin, { profile, csr: requestFor(name), source: "csr" });
  return here.database.read.certificate.findUniqueOrThrow({ where: { id } });
}

const NOTHING: SeenCertificate = {
  ...{ role: "leaf", subject: null, issuer: null, serial: null, sha1: null, sha256: null },
  ...{ notBefore: null, notAfter: null, names: [] },
};

const observation = (seen: Partial<SeenCertificate>, more: Partial<Observation> = {}): Observation => ({
  ...{ proxy: "nginx", log: "access", at: now.getTime(), zone: "said", keys: [], peer: null },
  ...{ direction: "inbound", outcome: "refused", finding: null, certificate: { ...NOTHING, ...seen } },
  ...{ serverName: null, listener: null, upstream: null, tls: null, status: null, quote: "", ...more },
});

const gather = (observations: readonly Observation[], trusted: ReadonlySet<string> | null = null) =>
  inventoryFromDatabase(here.database, observations, trusted, clock.now().getTime());

describe("a certificate of ours", () => {
  test("is found by each of what a line may say of it", async () => {
    const row = await issue("pump-1.example.test");
    const { subject, issuerName, serial, sha1, sha256, notAfter } = row;
    const bare = serial.replace(/^0+/, "");
    const slashed = `/${subject.split(",").toReversed().join("/")}`;
    for (const seen of [
      { sha256 },
      { sha1 },
      { serial: bare, issuer: issuerName },
      { subject },
      { subject: slashed },
    ]) {
      const { view, certificates } = await gather([observation(seen)]);
      expect(certificates.get(row.id)).toMatchObject({
        id: row.id,
        name: "pump-1.example.test",
        sha256,
        sha1,
      });
      const name = certificates.get(row.id)?.subject ?? "";
      expect(view.bySubject(name).map(({ id }) => id)).toEqual([row.id]);
    }
    const end = observation({}, { finding: { ...EXPIRED, failedAt: notAfter.getTime() }, certificate: null });
    expect((await gather([end])).view.byEnd(notAfter.getTime()).map(({ id }) => id)).toContain(row.id);
    const asked = observation({}, { serverName: "PUMP-1.example.test", certificate: null });
    expect((await gather([asked])).certificates.has(row.id)).toBe(true);
  });

  const EXPIRED = { kind: "verify", error: 10, depth: null, which: "first", words: "" } as const;

  test("stands below its authorities, with their CRLs and with its revocation", async () => {
    const revoked = await issue("pump-2.example.test");
    const held = await issue("pump-3.example.test");
    await revokeCertificate(here, admin, revoked.id, { reason: "superseded" });
    await holdCertificate(here, admin, held.id, {});
    const { view, certificates } = await gather([
      observation({ sha256: revoked.sha256 }),
      observation({ sha1: held.sha1 }),
    ]);
    const known = certificates.get(revoked.id);
    expect(known?.revocation).toEqual({ since: now.getTime(), isHold: false });
    expect(certificates.get(held.id)?.revocation?.isHold).toBe(true);
    const [above] = view.authorities(known?.issuer ?? "");
    expect(above).toMatchObject({ isAuthority: true, trust: "unknown" });
    const [root] = view.authorities(above?.issuer ?? "");
    expect(root).toMatchObject({ isAuthority: true, subject: root?.issuer, trust: "presumed" });
    expect(view.authoritiesByCommonName(above?.name ?? "")).toEqual([above]);
  });

  test("is not there for a line of another issuer, or of nobody's", async () => {
    const row = await issue("pump-4.example.test");
    const { view } = await gather([
      observation({ serial: row.serial.replace(/^0+/, ""), issuer: "CN=Another,O=Else" }),
      observation({ sha256: "0".repeat(64), sha1: "0".repeat(40), subject: "CN=nobody\0,O=", serial: "1" }),
    ]);
    expect(view.bySerial("2.5.4.10=else\n2.5.4.3=another", row.serial)).toBeNull();
    expect(view.bySha256("0".repeat(64))).toBeNull();
  });
});

describe("the client of a certificate", () => {
  async function owned(
    name: string,
    credential: (row: { sha256: string; keySha256: string }) => CredentialInput,
  ) {
    const row = await issue(name);
    const clientId = await createClient(here, admin, { name: `Client of ${name}` });
    const { sha256, keySha256 } = row as { sha256: string; keySha256: string };
    const credentialId = await addCredential(here, admin, clientId, credential({ sha256, keySha256 }));
    const client = async () =>
      (await gather([observation({ sha256 })])).certificates.get(row.id)?.client ?? null;
    return { row, clientId, credentialId, client };
  }

  test("is who has it, its key or its name as a credential", async () => {
    for (const [name, credential] of [
      ["a.pump.test", ({ sha256 }) => ({ kind: "certificate", sha256 })],
      ["b.pump.test", ({ keySha256 }) => ({ kind: "key", sha256: keySha256 })],
      [
        "c.below.test",
        () => ({
          ...NAMED,
          nameType: "dns",
          nameValue: "*.below.test",
          authorityId: founded.clientAuthorityId,
        }),
      ],
      [
        "d.common.test",
        () => ({
          ...NAMED,
          nameType: "commonName",
          nameValue: "d.common.test",
          authorityId: founded.clientAuthorityId,
        }),
      ],
    ] as [string, Parameters<typeof owned>[1]][]) {
      const { clientId, client } = await owned(name, credential);
      expect([name, await client()]).toMatchObject([name, { id: clientId, name: `Client of ${name}` }]);
    }
  });

  const NAMED = { kind: "name", isWideMeant: true } as const;

  test("is nobody by a common name that the certificate does not have", async () => {
    const { id } = await issuer.issue({
      ...{ profile: "client", key: await generateKeyPair("ecdsa-p256"), subject: [] },
      names: [{ type: "dns", value: "g.nameless.test" }],
      ...{ source: "api", actor: admin },
    });
    const { sha256 } = await here.database.read.certificate.findUniqueOrThrow({ where: { id } });
    const clientId = await createClient(here, admin, { name: "Client of another" });
    await addCredential(here, admin, clientId, {
      ...{ ...NAMED, nameType: "commonName", nameValue: "g.nameless.test" },
      authorityId: founded.clientAuthorityId,
    });
    const { certificates } = await gather([observation({ sha256 })]);
    expect(certificates.get(id)).toMatchObject({ name: "g.nameless.test", client: null });
  });

  test("is still told when it is suspended, or its credential has ended; and nobody else's name counts", async () => {
    const { clientId, credentialId, client } = await owned("e.pump.test", ({ sha256 }) => ({
      ...{ kind: "certificate", sha256 },
    }));
    await suspendClient(here, admin, clientId);
    await endCredential(here, admin, credentialId, addSeconds(now, 60));
    now = addSeconds(now, 120);
    expect(await client()).toMatchObject({ id: clientId, refused: { as: "suspended" } });
    const other = await issue("f.other.test");
    expect((await gather([observation({ sha1: other.sha1 })])).certificates.get(other.id)?.client).toBeNull();
  });
});

test("the CRLs of an authority are those that it published, the newest first", async () => {
  const authorityId = founded.clientAuthorityId;
  const row = await issue("pump-5.example.test");
  const hours = (count: number) => addSeconds(now, count * 3_600);
  const crl = (id: string, from: number) => ({
    ...{ id, authorityId, number: 1n, entries: 0, size: 0, sha256: "" },
    ...{ thisUpdate: hours(from), nextUpdate: hours(from + 24), createdAt: hours(from) },
  });
  await here.database.write(async (transaction) => {
    const crlId = "crl-current";
    // The last one is still being written.
    for (const each of [crl("crl-former", -20), crl(crlId, -10), crl("crl-next", 0)]) {
      await transaction.crl.create({ data: each });
    }
    await transaction.crlPublication.upsert({
      where: { authorityId },
      create: { authorityId, crlId },
      update: { crlId },
    });
  });
  const { view, certificates } = await gather([observation({ sha256: row.sha256 })]);
  expect(view.crls(certificates.get(row.id)?.issuer ?? "")).toMatchObject([
    { thisUpdate: hours(-10).getTime(), nextUpdate: hours(14).getTime() },
    { thisUpdate: hours(-20).getTime(), nextUpdate: hours(4).getTime() },
  ]);
});

describe("what a proxy trusts", () => {
  test("is what is in the bundle that it is said to load, and no other root", async () => {
    const root = await here.database.read.authority.findUniqueOrThrow({
      where: { id: founded.rootId },
      select: { certificate: true },
    });
    await createBundle(here, admin, {
      ...{ slug: "edge", name: "Edge", description: "", members: [root.certificate.id] },
    });
    const seen = observation({ issuer: root.certificate.subject });
    for (const bundle of ["edge", "clients"]) {
      const said = await trustedOfBundle(here, bundle);
      expect((await gather([seen], said)).certificates.get(root.certificate.id)?.trust).toBe("trusted");
    }
    expect((await gather([seen], new Set())).certificates.get(root.certificate.id)?.trust).toBe("foreign");
    expect(await trustedOfBundle(here, "edges")).toBeNull();
  });
});

test("a proxy shows the newest certificates for the host names of its services", async () => {
  const former = await issue("tariff.example.test", "server");
  now = addSeconds(now, 3_600);
  const newest = await issue("tariff.example.test", "server");
  await issue("tariff.example.test");
  const service = await createService(here, admin, {
    ...{ slug: "tariff", name: "Tariff", hostNames: ["tariff.example.test", "unknown.example.test"] },
  });
  const { id } = await createProxy(here, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "client-cert", services: [service] },
  });
  const { serverCertificates, ...others } = await proxyFacts(
    here.database,
    await servicesBehind(here.database, id),
    clock.now(),
  );
  expect(serverCertificates.map((each) => each.id)).toEqual([newest.id]);
  expect(serverCertificates[0]?.notAfter).toBeGreaterThan(former.notAfter.getTime());
  const { serverCertificates: _, ...unknown } = UNKNOWN_PROXY;
  expect(others).toEqual(unknown);
});

test("every search goes along an index, however large the inventory is", async () => {
  if (here.database.target.provider !== "sqlite") return;
  const asked: { sql: string; parameters: unknown[] }[] = [];
  const { read } = here.database;
  const watched = {
    ...here.database,
    target: here.database.target,
    read: new Proxy(read, {
      get: (target, key) =>
        key === "$queryRawUnsafe"
          ? (sql: string, ...parameters: unknown[]) => {
              asked.push({ sql, parameters });
              return target.$queryRawUnsafe(sql, ...parameters);
            }
          : Reflect.get(target, key),
    }),
  } as unknown as Database;
  const row = await issue("pump-9.example.test");
  const { subject, issuerName, serial, sha1, sha256, notAfter } = row;
  const finding = {
    kind: "verify",
    error: 10,
    depth: 0,
    which: "first",
    words: "",
    failedAt: notAfter.getTime(),
  } as const;
  const all = observation(
    { subject, issuer: issuerName, serial, sha1, sha256 },
    { finding, serverName: "x.test" },
  );
  const trusted = new Set<string>();
  await inventoryFromDatabase(watched, [all], trusted, clock.now().getTime());
  expect(asked.length).toBeGreaterThan(6);
  expect(asked.length).toBeLessThan(25);
  for (const { sql, parameters } of asked) {
    const plan = await read.$queryRawUnsafe<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, ...parameters);
    expect([
      sql,
      plan.filter(({ detail }) => /^SCAN (?:Certificate|c|n|CertificateName)\b/.test(detail)),
    ]).toEqual([sql, []]);
  }
});
