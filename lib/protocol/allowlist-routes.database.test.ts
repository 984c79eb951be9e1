import { createPublicKey, createVerify, X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { ALLOWLIST_FORMATS } from "#lib/access/allowlist/allowlist-format.ts";
import { Allowlists } from "#lib/access/allowlist/allowlists.ts";
import { AskingProxies } from "#lib/access/asking-proxies.ts";
import { createClient } from "#lib/access/client-change.ts";
import { resumeClient, suspendClient } from "#lib/access/client-status.ts";
import { addCredential, endCredential } from "#lib/access/credential-change.ts";
import { DENIALS, PERMITS } from "#lib/access/decide/decision.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { listenerCredential } from "#lib/authority/listener-credential.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { generateKeyPair } from "#lib/x509/key.ts";

const admin = testActor("admin");
let now: Date;
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let issuer: Issuer;
let access: AccessSnapshot;
let allowlists: Allowlists;
let use: UseTally;
let server: Server;
let url: string;
let token: string;
let proxyId: string;
let serviceId: string;
let clientId: string;
let sha256: string;
let authorityId: string;

async function issue(name: string) {
  const { id } = await issuer.issue({
    profile: "client",
    key: await generateKeyPair("ecdsa-p256"),
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: `${name}.example` }],
    source: "api",
    actor: admin,
  });
  return installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
}

beforeEach(async () => {
  now = truncateToSecond(new Date());
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const certificate = await issue("billing");
  sha256 = certificate.sha256 ?? "";
  authorityId = certificate.issuerId ?? "";
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  clientId = await createClient(installation, admin, { name: "Billing – Öst" });
  await addCredential(installation, admin, clientId, { kind: "certificate", sha256 });
  await createGrant(installation, admin, { clientId, serviceId });
  ({ token, id: proxyId } = await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem" },
    services: [serviceId],
  }));
  access = new AccessSnapshot(installation, 3_600_000);
  await access.start();
  allowlists = new Allowlists(
    installation,
    issuer,
    access,
    new AskingProxies(installation, access, { note() {} }),
  );
  allowlists.start();
  use = new UseTally(installation);
  const application = protocolApplication({ installation, issuer, allowlists, use });
  server = createServer(getRequestListener(application.fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/services`;
});
afterEach(async () => {
  await allowlists.endWaiting();
  await new Promise((resolve) => server.close(resolve));
  await allowlists.end();
  await access.end();
  await issuer.close();
  await installation.close();
});

function ask(path: string, { headers, ...options }: RequestInit = {}) {
  return fetch(`${url}/${path}`, {
    ...options,
    headers: { Authorization: `Bearer ${token}`, ...(headers as Record<string, string>) },
  });
}

/** The file in a format, and what its headers say. */
async function fetched(format = "haproxy") {
  const response = await ask(`payments/allowlist.${format}`);
  expect(response.status).toBe(200);
  const text = await response.text();
  return { text, version: Number(response.headers.get("X-Countersign-Allowlist-Version")), response };
}

const keys = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

test("a proxy fetches whom it may let in, with the version and what is left out in the file's head", async () => {
  const { text, version, response } = await fetched();
  const { madeAt } = await installation.database.read.allowlist.findFirstOrThrow();
  expect(text).toBe(
    `# countersign allowlist\n# service payments\n# format haproxy\n# version 1\n# made ${madeAt.toISOString()}\n` +
      `# entries 1\n# left-out 0\n${sha256.toUpperCase()} ${clientId}/Billing%20%E2%80%93%20%C3%96st\n`,
  );
  expect(version).toBe(1);
  expect(response.headers.get("ETag")).toMatch(/^"v1-[0-9a-f]{16}"$/);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
});

test("each file is signed by the key of the https port", async () => {
  const listener = (await listenerCredential(installation, issuer, "protocol")) ?? expect.fail("none");
  for (const format of ALLOWLIST_FORMATS) {
    const { text, response } = await fetched(format);
    const der = Buffer.from(response.headers.get("X-Countersign-Certificate") ?? "", "base64");
    const certificate = new X509Certificate(der);
    expect(certificate.fingerprint256).toBe(new X509Certificate(listener.certificateChain).fingerprint256);
    const verify = createVerify("sha256").update(text);
    const signature = Buffer.from(response.headers.get("X-Countersign-Signature") ?? "", "base64");
    expect(
      verify.verify(
        createPublicKey(certificate.publicKey.export({ type: "spki", format: "pem" })),
        signature,
      ),
    ).toBe(true);
  }
});

test("only proxies of the service are answered", async () => {
  await createService(installation, admin, { slug: "orders", name: "Orders" });
  const status = async (path: string, headers = {}) => (await ask(path, { headers })).status;
  expect(await status("payments/allowlist.nginx", { Authorization: "" })).toBe(401);
  expect(await status("payments/allowlist.nginx", { Authorization: `Bearer csn_${"0".repeat(46)}` })).toBe(
    401,
  );
  expect(await status("orders/allowlist.nginx")).toBe(403);
  expect(await status("payments/allowlist.squid")).toBe(404);
  expect(await status("payments/allowlist.nginx?wait=61")).toBe(400);
  expect(await status("payments/allowlist.nginx?wait=-1")).toBe(400);
});

test("what is suspended, revoked, begins or ends makes a new version by itself", async () => {
  expect(keys((await fetched()).text)).toHaveLength(1);
  await suspendClient(installation, admin, clientId);
  expect(await fetched()).toMatchObject({
    version: 2,
    text: expect.not.stringContaining(sha256.toUpperCase()),
  });
  await resumeClient(installation, admin, clientId);
  expect(await fetched()).toMatchObject({ version: 3, text: expect.stringContaining(sha256.toUpperCase()) });
  // The same again has the same number.
  expect(await fetched()).toMatchObject({ version: 3 });

  // A name that nobody has yet; then a certificate with it.
  const later = addSeconds(now, 3_600);
  const name = { kind: "name", nameType: "dns", nameValue: "*.example", authorityId } as const;
  const other = await createClient(installation, admin, { name: "Other" });
  await addCredential(installation, admin, other, {
    ...{ ...name, isWideMeant: true },
    ...{ startsAt: later, endsAt: addSeconds(later, 3_600) },
  });
  await createGrant(installation, admin, { clientId: other, serviceId });
  expect(await fetched()).toMatchObject({ version: 3 });
  const { id, sha256: named } = await issue("named");
  expect(await fetched()).toMatchObject({ version: 3 });
  now = later;
  expect(await fetched()).toMatchObject({
    version: 4,
    text: expect.stringContaining(named?.toUpperCase() ?? "-"),
  });
  await revokeCertificate(installation, admin, id, { reason: "keyCompromise" });
  expect(await fetched()).toMatchObject({
    version: 5,
    text: expect.not.stringContaining(named?.toUpperCase() ?? "-"),
  });
  expect(keys((await fetched()).text)).toHaveLength(1);
  await issue("third");
  expect(await fetched()).toMatchObject({ version: 6 });
  expect(keys((await fetched()).text)).toHaveLength(2);
  now = addSeconds(later, 3_600);
  expect(keys((await fetched()).text)).toHaveLength(1);
});

test("whoever waits is answered with the next version, and with 304 when there is none", async () => {
  const { response } = await fetched();
  const headers = { "If-None-Match": response.headers.get("ETag") ?? "" };
  expect((await ask("payments/allowlist.haproxy", { headers })).status).toBe(304);
  expect((await ask("payments/allowlist.haproxy?wait=1", { headers })).status).toBe(304);
  const waiting = ask("payments/allowlist.haproxy?wait=60", { headers });
  await suspendClient(installation, admin, clientId);
  const answer = await waiting;
  expect(answer.status).toBe(200);
  expect(answer.headers.get("X-Countersign-Allowlist-Version")).toBe("2");
  expect(keys(await answer.text())).toHaveLength(0);
  // The time wakes them, too.
  await resumeClient(installation, admin, clientId);
  const { id } = await installation.database.read.credential.findFirstOrThrow({ where: { clientId } });
  await endCredential(installation, admin, id, addSeconds(now, 60));
  const { version, response: resumed } = await fetched();
  const etag = resumed.headers.get("ETag") ?? "";
  const next = ask("payments/allowlist.haproxy?wait=60", { headers: { "If-None-Match": etag } });
  now = addSeconds(now, 60);
  expect((await next).headers.get("X-Countersign-Allowlist-Version")).toBe(String(version + 1));
});

test("waiting ends with the process, and with whoever waits", async () => {
  const { response } = await fetched();
  const headers = { "If-None-Match": response.headers.get("ETag") ?? "" };
  const gone = new AbortController();
  const left = ask("payments/allowlist.haproxy?wait=60", { headers, signal: gone.signal });
  const waiting = ask("payments/allowlist.haproxy?wait=60", { headers });
  await expect.poll(() => allowlists.watch.waiting, { timeout: 20_000 }).toBe(2);
  gone.abort();
  await expect(left).rejects.toThrow();
  await expect.poll(() => allowlists.watch.waiting, { timeout: 20_000 }).toBe(1);
  await allowlists.endWaiting();
  expect((await waiting).status).toBe(304);
});

test("it is known which version a proxy fetched, and which it has in use", async () => {
  const report = (version: unknown) =>
    ask("payments/allowlist.haproxy/live", { method: "PUT", body: JSON.stringify({ version }) });
  const held = () => installation.database.read.proxyFile.findFirst({ where: { proxyId, serviceId } });
  expect((await report(1)).status).toBe(404);
  await fetched();
  await allowlists.fetches.flush();
  expect(await held()).toMatchObject({
    format: "haproxy",
    fetchedVersion: 1,
    fetchedAt: now,
    liveVersion: null,
  });
  expect((await report(1)).status).toBe(204);
  expect(await held()).toMatchObject({ fetchedVersion: 1, liveVersion: 1, liveAt: now });
  for (const wrong of [0, 1.5, "1", null, undefined, 1e300]) {
    expect((await report(wrong)).status, String(wrong)).toBe(400);
  }
  expect((await report(2)).status).toBe(422);
  await suspendClient(installation, admin, clientId);
  // A new version is made although nobody fetches it.
  await expect
    .poll(() => installation.database.read.allowlist.findFirst(), { timeout: 20_000 })
    .toMatchObject({ version: 2, admitted: 0 });
});

test("whatever is asked or reported, the answer is one of those that there are", async () => {
  const word = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom("0", "-1", "1e9", "60.0", "٣", "0x1"));
  await fc.assert(
    fc.asyncProperty(word, word, fc.json(), async (wait, file, body) => {
      const query = wait === "0" ? "" : `?wait=${encodeURIComponent(`${wait}x`)}`;
      const path = `payments/allowlist.${encodeURIComponent(file)}`;
      expect((await ask(`${path}${query}`)).status).toBeGreaterThanOrEqual(400);
      expect((await ask(`payments/allowlist.haproxy${query}`)).status).toBe(query === "" ? 200 : 400);
      const reported = await ask("payments/allowlist.haproxy/live", { method: "PUT", body });
      expect([204, 400, 422]).toContain(reported.status);
    }),
    { numRuns: Math.min(FUZZ_RUNS, 2_000) / 10, seed: SEED },
  );
});

test("what proxies ask is described for those who write one, with every reason there is", async () => {
  const response = await fetch(new URL("/v1/openapi.json", url));
  const { paths, components } = (await response.json()) as {
    paths: Record<string, { get?: { security: unknown; responses: Record<string, unknown> } }>;
    components: { securitySchemes: Record<string, unknown> };
  };
  const { security, responses } = paths["/v1/decision/{service}"]?.get ?? {};
  expect(security).toEqual([{ proxy: [] }]);
  expect(Object.keys(components.securitySchemes)).toContain("proxy");
  expect(Object.keys(responses ?? {})).toEqual(["200", "401", "403", "503"]);
  const text = JSON.stringify(responses);
  for (const reason of [...PERMITS, ...DENIALS]) expect(text).toContain(`"${reason}"`);
});

test("a proxy reports whom it let in, of its own services alone", async () => {
  const lastAt = now.toISOString();
  const report = (body: string, service = "payments", headers = {}) =>
    ask(`${service}/use`, { method: "POST", body, headers });
  const uses = JSON.stringify({ uses: [{ client: clientId, permitted: 4, lastAt }] });
  const response = await report(uses);
  expect([response.status, await response.json()]).toEqual([200, { counted: 1, unknown: [] }]);
  await use.end();
  const client = await installation.database.read.client.findUniqueOrThrow({ where: { id: clientId } });
  expect(client).toMatchObject({ lastUsedAt: now, lastServiceId: serviceId, lastProxyId: proxyId });
  expect((await report(uses, "others")).status).toBe(403);
  expect((await report(uses, "payments", { Authorization: "Bearer csp_none" })).status).toBe(401);
  expect((await report("{")).status).toBe(400);
  const bad = await report(JSON.stringify({ uses: [{ client: clientId, permitted: -1, lastAt }] }));
  expect([bad.status, await bad.json()]).toMatchObject([
    400,
    { violations: [{ field: "uses.0.permitted" }] },
  ]);
  expect((await report(" ".repeat(200_000))).status).toBe(413);
});
