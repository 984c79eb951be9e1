import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { AskingProxies } from "#lib/access/asking-proxies.ts";
import { CallerTally } from "#lib/access/caller-tally.ts";
import { createClient } from "#lib/access/client-change.ts";
import { suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { DecisionCounts } from "#lib/access/decision-counts.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createProxy, retireProxy } from "#lib/access/proxy-change.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import { ProxySightings } from "#lib/access/proxy-sightings.ts";
import { createService } from "#lib/access/service-change.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { decisionListener } from "#lib/protocol/decision-listener.ts";
import { encodeBase64 } from "#lib/x509/base64.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { encodePem } from "#lib/x509/pem.ts";

const admin = testActor("admin");
let installation: TestInstallation;
let issuer: Issuer;
let access: AccessSnapshot;
let server: Server;
let tally: UseTally;
let callers: CallerTally;
let counts: DecisionCounts;
let sightings: ProxySightings;
let token: string;
let clientId: string;
let serviceId: string;
let certificate: { id: string; der: Uint8Array };

async function issue(name: string): Promise<{ id: string; der: Uint8Array }> {
  const issued = await issuer.issue({
    profile: "client",
    key: await generateKeyPair("ecdsa-p256"),
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: `${name}.example` }],
    source: "api",
    actor: admin,
  });
  const { body } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: issued.id },
  });
  return { id: issued.id, der: body };
}

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  certificate = await issue("billing");
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  clientId = await createClient(installation, admin, { name: "Billing – Öst" });
  const { sha256, issuerId } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: certificate.id },
  });
  await addCredential(installation, admin, clientId, { kind: "certificate", sha256: sha256 ?? "" });
  await addCredential(installation, admin, clientId, {
    kind: "name",
    nameType: "dns",
    nameValue: "named.example",
    authorityId: issuerId ?? "",
  });
  await createGrant(installation, admin, { clientId, serviceId, paths: ["/api"] });
  ({ token } = await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem" },
    services: [serviceId],
  }));
  access = new AccessSnapshot(installation, 3_600_000);
  await access.follow();
  tally = new UseTally(installation);
  callers = new CallerTally(installation);
  sightings = new ProxySightings(installation);
  const proxies = new AskingProxies(installation, access, sightings);
  counts = new DecisionCounts();
  const listener = decisionListener(installation, access, proxies, { use: tally, callers, counts });
  server = createServer((request, response) => {
    if (!listener(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await issuer.close();
  await installation.close();
});

const pem = (der: Uint8Array) => encodeURIComponent(encodePem("CERTIFICATE", der));

/** Asks as a proxy does. @returns status and reason, and who it is when that is known */
function ask(
  headers: Record<string, string | string[]>,
  path = "/v1/decision/payments",
): Promise<{ status: number; reason: unknown; client: unknown; name: unknown; scopes: unknown }> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    httpRequest({ port, path, headers, agent: false }, (response) => {
      response.resume();
      const { headers: said, statusCode: status = 0 } = response;
      resolve({
        status,
        reason: said["x-countersign-reason"],
        client: said["x-countersign-client-id"],
        name: said["x-countersign-client-name"],
        scopes: said["x-countersign-scopes"],
      });
    })
      .on("error", reject)
      .end();
  });
}

const proxied = (more: Record<string, string | string[]> = {}) => ({
  Authorization: `Bearer ${token}`,
  "X-Original-Method": "GET",
  "X-Original-URI": "/api/orders?x=1",
  "X-Client-Cert-PEM": pem(certificate.der),
  ...more,
});

test("a client that is known and granted may pass, and the application behind learns who it is", async () => {
  const known = { client: clientId, name: encodeURIComponent("Billing – Öst"), scopes: "*:/api" };
  expect(await ask(proxied())).toEqual({ status: 200, reason: "granted", ...known });
  // The second time it is in memory.
  expect(await ask(proxied())).toEqual({ status: 200, reason: "granted", ...known });
  expect(await ask(proxied({ "X-Original-URI": "/admin" }))).toMatchObject({
    status: 403,
    reason: "path-not-granted",
    scopes: undefined,
  });
  const named = await issue("named");
  expect(await ask(proxied({ "X-Client-Cert-PEM": pem(named.der) }))).toMatchObject({
    reason: "granted",
    ...known,
  });
  const stranger = await issue("stranger");
  expect(await ask(proxied({ "X-Client-Cert-PEM": pem(stranger.der) }))).toEqual({
    ...{ status: 403, reason: "client-unknown", client: undefined, name: undefined, scopes: undefined },
  });
});

test("each decision is counted for the client, at its service, through its proxy", async () => {
  await tally.flush();
  const before = await installation.database.read.accessHour.aggregate({
    _sum: { permitted: true, refused: true },
  });
  await ask(proxied());
  await ask(proxied({ "X-Original-URI": "/admin" }));
  await tally.flush();
  const after = await installation.database.read.accessHour.aggregate({
    where: { clientId, serviceId },
    _sum: { permitted: true, refused: true },
  });
  expect(before._sum.permitted).toBeGreaterThan(0);
  expect(after._sum.permitted).toBe((before._sum.permitted ?? 0) + 1);
  const client = await installation.database.read.client.findUniqueOrThrow({ where: { id: clientId } });
  expect(client).toMatchObject({ lastServiceId: serviceId, lastFrom: expect.stringContaining("127.0.0.1") });
});

test("only a proxy is believed, for its own services, and only in the header that is its own", async () => {
  const { Authorization: _, ...anonymous } = proxied();
  expect(await ask(anonymous)).toMatchObject({ status: 401, reason: "proxy-unknown" });
  expect(await ask(proxied({ Authorization: `Bearer csp_${"0".repeat(46)}` }))).toMatchObject({
    status: 401,
  });
  expect(await ask(proxied(), "/v1/decision/others")).toMatchObject({
    status: 403,
    reason: "service-not-of-proxy",
  });
  const forged = { "Client-Cert": `:${encodeBase64(certificate.der)}:`, "X-Client-Cert-PEM": "" };
  expect(await ask(proxied(forged))).toMatchObject({ status: 401, reason: "certificate-absent" });
  const twice = { "X-Client-Cert-PEM": [pem(certificate.der), pem(certificate.der)] };
  expect(await ask(proxied(twice))).toMatchObject({ status: 403, reason: "certificates-several" });
  expect(await ask(proxied({ "X-Client-Cert-PEM": "hello" }))).toMatchObject({
    reason: "certificate-unreadable",
  });
  // A path that came twice is one that the client added.
  expect(await ask(proxied({ "X-Original-URI": ["/api", "/admin"] }))).toMatchObject({
    reason: "path-not-granted",
  });
  expect((await ask({}, "/v1/decisions")).status).toBe(404);
});

test("method and path are believed where a kind of proxy says them, and nowhere else", async () => {
  const said = async (kind: ProxyKind, headers: Record<string, string>, rest = "") => {
    const { token: own } = await createProxy(installation, admin, {
      ...{ slug: `said-${kind}`, name: kind, kind, header: "x-client-cert-pem", services: [serviceId] },
    });
    await access.follow();
    const { "X-Original-Method": _, "X-Original-URI": __, ...bare } = proxied();
    return async (more: Record<string, string> = {}, behind = rest) =>
      (
        await ask(
          { ...bare, Authorization: `Bearer ${own}`, ...headers, ...more },
          `/v1/decision/payments${behind}`,
        )
      ).reason;
  };
  const forged = { "X-Original-Method": "GET", "X-Original-URI": "/api" };

  const envoy = await said("envoy", {}, "/api/orders");
  expect(await envoy()).toBe("granted");
  expect(await envoy(forged, "/admin")).toBe("path-not-granted");
  expect(await envoy({}, "")).toBe("path-not-granted");

  const caddy = await said("caddy", { "X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/api" });
  expect(await caddy()).toBe("granted");
  expect(await caddy({ ...forged, "X-Forwarded-Uri": "/admin" })).toBe("path-not-granted");

  const haproxy = await said("haproxy", forged);
  expect(await haproxy()).toBe("granted");
  expect(await haproxy({ "X-Original-URI": "/admin", "X-Forwarded-Uri": "/api" })).toBe("path-not-granted");
});

test("a hold, a release and a revocation count within a quarter of a second, also for what is in memory", async () => {
  const { id, der } = await issue("named");
  const asked = proxied({ "X-Client-Cert-PEM": pem(der) });
  expect(await ask(asked)).toMatchObject({ reason: "granted" });
  await holdCertificate(installation, admin, id, {});
  await access.follow();
  expect(await ask(asked)).toMatchObject({ status: 403, reason: "certificate-held" });
  await releaseCertificate(installation, admin, id, {});
  await access.follow();
  expect(await ask(asked)).toMatchObject({ reason: "granted" });
  await revokeCertificate(installation, admin, id, { reason: "superseded" });
  await access.follow();
  expect(await ask(asked)).toMatchObject({ status: 403, reason: "certificate-revoked" });
});

test("a suspended client and a retired proxy are refused with the next look at the database", async () => {
  await suspendClient(installation, admin, clientId);
  await access.follow();
  expect(await ask(proxied())).toMatchObject({ status: 403, reason: "client-suspended" });
  const { id, version } = await installation.database.read.proxy.findUniqueOrThrow({
    where: { slug: "edge" },
  });
  await retireProxy(installation, admin, id, version);
  await access.follow();
  expect(await ask(proxied())).toMatchObject({ status: 401, reason: "proxy-unknown" });
});

test("before everything was read nobody is answered, as if the port were closed: another plane may decide", async () => {
  const unread = new AccessSnapshot(installation, 3_600_000);
  const proxies = new AskingProxies(installation, unread, sightings);
  const listener = decisionListener(installation, unread, proxies, { use: tally, callers, counts });
  const starting = createServer((request, response) => {
    if (!listener(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => starting.listen(0, "127.0.0.1", resolve));
  const { port } = starting.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  await expect(fetch(`${base}/v1/decision/payments`)).rejects.toThrow();
  expect((await fetch(`${base}/healthz`)).status).toBe(404);
  await unread.follow();
  expect((await fetch(`${base}/v1/decision/payments`)).status).toBe(401);
  await new Promise((resolve) => starting.close(resolve));
});
