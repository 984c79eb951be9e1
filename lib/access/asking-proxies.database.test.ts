import { createServer, request as httpsRequest, type RequestOptions, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { AskingProxies } from "#lib/access/asking-proxies.ts";
import { changeProxy, createProxy, replaceProxyToken, retireProxy } from "#lib/access/proxy-change.ts";
import type { ProxyChange } from "#lib/access/proxy-input.ts";
import { ProxySightings, placeName } from "#lib/access/proxy-sightings.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { selfSignedCredential } from "#lib/authority/self-signed-credential.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { encodePrivateKeyPem } from "#lib/x509/private-key.ts";

const admin = testActor("admin");
let now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let access: AccessSnapshot;
let sightings: ProxySightings;
let server: Server;
let serviceId: string;
let slugs = 0;

beforeAll(async () => {
  installation = await testInstallation(clock);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  access = new AccessSnapshot(installation, 3_600_000);
  sightings = new ProxySightings(installation);
  const asking = new AskingProxies(installation, access, sightings);
  const credential = await selfSignedCredential(installation.config, now);
  server = createServer(
    { ...credential, requestCert: true, rejectUnauthorized: false },
    async (request, response) => {
      const found = await asking.find(request);
      // Whoever was found once is found without waiting.
      const isSteady = found === null || asking.known(request) === found;
      response.end(JSON.stringify({ slug: found?.slug ?? null, isSteady }));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  now = truncateToSecond(new Date());
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await installation.close();
});

/** A certificate of our authority for clients, with its key. */
async function issue(name: string) {
  const { spki, privateKey } = await generateKeyPair("ecdsa-p256");
  const issuer = inlineIssuer(installation);
  const { id } = await issuer.issue({
    profile: "client",
    key: { spki },
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: `${name}.example` }],
    source: "api",
    actor: admin,
  });
  await issuer.close();
  const row = await installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
  const tls = { cert: encodePem("CERTIFICATE", row.body), key: encodePrivateKeyPem(privateKey) };
  return { id, sha256: row.sha256 ?? "", notAfter: row.notAfter, tls };
}

async function connected(certificateSha256: string | null) {
  const slug = `edge-${++slugs}`;
  const facts: ProxyChange = {
    ...{ name: slug, kind: "nginx", header: "x-client-cert-pem" },
    services: [serviceId],
  };
  const { id, token } = await createProxy(installation, admin, { slug, ...facts, certificateSha256 });
  await access.follow();
  return { id, slug, token, facts };
}

/** @returns the short name of the proxy that the server took it for */
function asked(options: RequestOptions): Promise<{ slug: string | null; isSteady: boolean }> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    httpsRequest(
      { host: "127.0.0.1", port, agent: false, rejectUnauthorized: false, ...options },
      async (response) => {
        resolve(JSON.parse((await response.toArray()).join("")));
      },
    )
      .on("error", reject)
      .end();
  });
}

test("a proxy is known by the certificate with which it connects, also while that is in memory", async () => {
  const [mine, other] = [await issue("mine"), await issue("other")];
  const { slug, token } = await connected(mine.sha256.toUpperCase());
  expect(await asked(mine.tls)).toEqual({ slug, isSteady: true });
  expect(await asked(mine.tls)).toEqual({ slug, isSteady: true });
  expect(await asked(other.tls)).toMatchObject({ slug: null });
  expect(await asked({})).toMatchObject({ slug: null });
  expect(await asked({ headers: { Authorization: `Bearer ${token}` } })).toMatchObject({ slug });
  // Whoever says who it is, and is not, is not believed for its certificate.
  const wrong = { Authorization: `Bearer csp_${"0".repeat(46)}` };
  expect(await asked({ ...mine.tls, headers: wrong })).toMatchObject({ slug: null });
});

test("its certificate counts no longer when it or its authority was revoked or has ended, or the proxy was changed or retired", async () => {
  const revoked = await issue("revoked");
  const first = await connected(revoked.sha256);
  expect(await asked(revoked.tls)).toMatchObject({ slug: first.slug });
  await revokeCertificate(installation, admin, revoked.id, { reason: "keyCompromise" });
  await access.follow();
  expect(await asked(revoked.tls)).toMatchObject({ slug: null });

  const below = await issue("below");
  const held = await connected(below.sha256);
  const { issuer } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: below.id },
    select: { issuer: true },
  });
  const authority = issuer?.certificateId ?? expect.fail("no authority");
  await holdCertificate(installation, admin, authority, {});
  await access.follow();
  expect(await asked(below.tls)).toMatchObject({ slug: null });
  await releaseCertificate(installation, admin, authority, {});
  await access.follow();
  expect(await asked(below.tls)).toMatchObject({ slug: held.slug });

  const ended = await issue("ended");
  const second = await connected(ended.sha256);
  expect(await asked(ended.tls)).toMatchObject({ slug: second.slug });
  now = addSeconds(ended.notAfter, 1);
  expect(await asked(ended.tls)).toMatchObject({ slug: null });
  now = truncateToSecond(new Date());
  await changeProxy(installation, admin, second.id, 1, second.facts);
  await access.follow();
  expect(await asked(ended.tls)).toMatchObject({ slug: null });

  const retired = await issue("retired");
  const third = await connected(retired.sha256);
  await retireProxy(installation, admin, third.id, 1);
  await access.follow();
  expect(await asked(retired.tls)).toMatchObject({ slug: null });
  // What a retired one had is free for another.
  const fourth = await connected(retired.sha256);
  expect(await asked(retired.tls)).toMatchObject({ slug: fourth.slug });
});

test("two proxies have no certificate in common, and what is no fingerprint is refused", async () => {
  const { sha256 } = await issue("shared");
  const { facts } = await connected(sha256);
  const { id } = await connected(null);
  await expect(
    changeProxy(installation, admin, id, 1, { ...facts, certificateSha256: sha256 }),
  ).rejects.toMatchObject({ code: "conflict", violations: [{ field: "certificateSha256" }] });
  await expect(
    createProxy(installation, admin, { ...facts, slug: "wrong", certificateSha256: "ab" }),
  ).rejects.toMatchObject({ code: "malformed", violations: [{ field: "certificateSha256" }] });
});

test("when and from where a proxy asks is written, and begins anew with another token", async () => {
  const { id, token } = await connected(null);
  await asked({ headers: { Authorization: `Bearer ${token}` } });
  await sightings.flush();
  const first = now;
  now = addSeconds(now, 60);
  sightings.note(id, "::ffff:192.0.2.7");
  sightings.note(id, "192.0.2.7");
  await sightings.end();
  const seen = async () => {
    const { addresses, lastSeenAt, lastSeenFrom } = await installation.database.read.proxy.findUniqueOrThrow({
      where: { id },
      include: { addresses: { orderBy: { address: "asc" } } },
    });
    return { lastSeenAt, lastSeenFrom, addresses };
  };
  expect(await seen()).toEqual({
    lastSeenAt: now,
    lastSeenFrom: "192.0.2.7",
    addresses: [
      { proxyId: id, address: "192.0.2.7", firstSeenAt: now, lastSeenAt: now },
      { proxyId: id, address: "localhost", firstSeenAt: first, lastSeenAt: first },
    ],
  });
  for (let index = 0; index < 300; index++) sightings.note(id, `198.51.100.${index}`);
  sightings.note("nobody", "192.0.2.9");
  now = addSeconds(now, 1);
  sightings.note(id, "203.0.113.1");
  await sightings.flush();
  const { addresses } = await seen();
  expect(addresses).toHaveLength(100);
  expect(addresses.map(({ address }) => address)).toContain("203.0.113.1");
  await replaceProxyToken(installation, admin, id, 1);
  expect((await seen()).addresses).toEqual([]);
});

test("a machine is one place, however it calls itself", () => {
  expect(["::1", "127.0.0.1", "::ffff:127.0.0.1"].map(placeName)).toEqual(Array(3).fill("localhost"));
  expect(["2001:db8::1", "::ffff:10.0.0.1"].map(placeName)).toEqual(["2001:db8::1", "10.0.0.1"]);
});
