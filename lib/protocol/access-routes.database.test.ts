import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import type { Scope } from "#lib/authorization/permissions.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { encodePem } from "#lib/x509/pem.ts";

const admin = testActor("admin");
let installation: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
let serviceId: string;
const tokens = new Map<Scope, string>();
const certificates: { id: string; der: Uint8Array; sha256: string; keySha256: string }[] = [];
let number = 0;

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  for (const scope of ["client:read", "client:manage", "certificate:read"] as const) {
    const wanted = { name: scope, scopes: [scope], expiresAt: null };
    const { token } = await createApiToken(installation, admin, wanted);
    tokens.set(scope, token);
  }
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "client-cert", services: [serviceId] },
    ...{ bundle: "clients", software: "1.26.0" },
  });
  for (const name of ["one.example.test", "two.example.test"]) {
    const { id } = await issuer.issue({
      profile: "client",
      key: await generateKeyPair("ecdsa-p256"),
      subject: [[{ type: "2.5.4.3", value: name }]],
      names: [{ type: "dns", value: name }],
      source: "api",
      actor: admin,
    });
    const { body } = await installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
    const { sha256, spkiSha256 } = readForeignCertificate(body);
    certificates.push({ id, der: body, sha256, keySha256: spkiSha256 });
  }
  server = createServer(getRequestListener(protocolApplication({ installation, issuer }).fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await issuer.close();
  await flushTokenUse(installation);
  await installation.close();
});

async function call(scope: Scope, method: string, path: string, body?: unknown) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${tokens.get(scope)}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared, and not used
  return { status: response.status, body: (await response.json()) as any };
}

const read = (path: string) => call("client:read", "GET", path);
const post = (path: string, body?: unknown) => call("client:manage", "POST", path, body);
const name = () => `rest-${String(number++).padStart(3, "0")}`;
const key = () => ({ kind: "key", sha256: (number++).toString(16).padStart(64, "0") });

test("a client is created, changed, suspended, resumed and retired, and tells of it when it is read", async () => {
  const client = { name: name(), tags: ["b", "a"], expiresAt: "2090-01-31T12:00:00Z" };
  const grants = [{ serviceId, paths: ["/api"], methods: ["GET"], endsAt: "2090-01-31T12:00:00Z" }];
  const created = await post("/v1/clients", { client, grants, credential: key() });
  expect(created.status).toBe(201);
  const path = `/v1/clients/${created.body.clientId}`;
  const whole = await read(path);
  expect(whole).toMatchObject({
    status: 200,
    body: {
      ...{ name: client.name, state: "active", tags: ["a", "b"], version: 1, source: "hand" },
      expiresAt: "2090-01-31T12:00:00.000Z",
      grants: [{ service: { slug: "payments" }, paths: ["/api"], methods: ["GET"] }],
      credentials: [{ id: created.body.credentialId, kind: "key", endsAt: null }],
    },
  });
  expect(whole.body).not.toHaveProperty("nameKey");
  const changed = { version: 1, client: { name: client.name, owner: "Payments team" } };
  expect(await call("client:manage", "PUT", path, changed)).toMatchObject({ status: 200 });
  expect(await call("client:manage", "PUT", path, changed)).toMatchObject({ status: 409 });
  expect((await read(path)).body).toMatchObject({ owner: "Payments team", expiresAt: null, tags: [] });
  for (const [action, state] of [
    ["suspend", "suspended"],
    ["resume", "active"],
    ["retire", "retired"],
  ]) {
    expect(await post(`${path}/${action}`)).toMatchObject({ status: 200 });
    expect((await read(path)).body.state).toBe(state);
    expect(await post(`${path}/${action}`)).toMatchObject({ status: 409 });
  }
  const listed = async (more: string) =>
    (await read(`/v1/clients?search=${client.name}${more}`)).body.clients.length;
  expect([await listed(""), await listed("&state=retired")]).toEqual([0, 1]);
  const facts = `&owner=${encodeURIComponent("Payments team")}&state=retired`;
  expect([await listed(facts), await listed(`${facts}&tag=a`)]).toEqual([1, 0]);
  expect((await read(`/v1/clients?search=${client.name}&state=retired`)).body.total).toEqual({
    ...{ count: 1, more: false },
  });
  expect(await read("/v1/clients?state=ending")).toMatchObject({ status: 200 });
});

test("a client is retired with its certificates by a token that may revoke, and by no other", async () => {
  const { id: certificateId } = await issuer.issue({
    profile: "client",
    key: await generateKeyPair("ecdsa-p256"),
    subject: [[{ type: "2.5.4.3", value: "retired.example.test" }]],
    names: [{ type: "dns", value: "retired.example.test" }],
    ...{ source: "api", actor: admin },
  });
  const stored = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: certificateId },
  });
  const credential = { kind: "certificate", sha256: stored.sha256 };
  const { clientId } = (await post("/v1/clients", { client: { name: name() }, credential })).body;
  const revocation = () => installation.database.read.revocation.findUnique({ where: { certificateId } });
  const path = `/v1/clients/${clientId}/retire`;
  expect(await post(path, { revokes: true })).toMatchObject({ status: 403 });
  expect(await post(path, { revokes: "yes" })).toMatchObject({ status: 400 });
  expect(await post(path, '"')).toMatchObject({ status: 400 });
  expect((await read(`/v1/clients/${clientId}`)).body.state).toBe("active");
  expect(await revocation()).toBeNull();

  const wanted = { name: "retiring", scopes: ["client:manage", "certificate:revoke"] as Scope[] };
  const { token } = await createApiToken(installation, admin, { ...wanted, expiresAt: null });
  const response = await fetch(`${url}${path}`, {
    ...{ method: "POST", headers: { Authorization: `Bearer ${token}` }, body: '{"revokes":true}' },
  });
  expect([response.status, await response.json()]).toEqual([200, { id: clientId }]);
  expect((await read(`/v1/clients/${clientId}`)).body.state).toBe("retired");
  expect(await revocation()).not.toBeNull();
});

test("several clients are suspended and retired with one request, and each that is not is told why", async () => {
  const make = async () => (await post("/v1/clients", { client: { name: name() } })).body.clientId;
  const clientIds = [await make(), await make()];
  const change = (wanted: object) => post("/v1/clients/status", wanted);
  expect(await change({ change: "suspend", clientIds })).toMatchObject({
    ...{ status: 200, body: { changed: clientIds, refused: [] } },
  });
  const some = [clientIds[1], "no-client"];
  expect((await change({ change: "retire", clientIds: some })).body).toMatchObject({
    ...{ changed: [clientIds[1]], refused: [{ clientId: "no-client" }] },
  });
  expect(await change({ change: "retire", clientIds, revokes: true })).toMatchObject({ status: 403 });
  expect(await change({ change: "retire", clientIds: [] })).toMatchObject({ status: 400 });
  expect((await read(`/v1/clients/${clientIds[0]}`)).body.state).toBe("suspended");
});

test("a credential is added, rotated with an overlap, and ended", async () => {
  const { clientId } = (await post("/v1/clients", { client: { name: name() } })).body;
  const added = await post(`/v1/clients/${clientId}/credentials`, key());
  expect(added.status).toBe(201);
  const rotation = { proof: key(), overlap: "1h" };
  const rotated = await post(`/v1/credentials/${added.body.id}/rotate`, rotation);
  expect(rotated.status).toBe(201);
  const ends = async () =>
    (await read(`/v1/clients/${clientId}`)).body.credentials.map(
      ({ endsAt }: { endsAt: string | null }) => endsAt,
    );
  const [first, second] = await ends();
  expect(Date.parse(first)).toBeGreaterThan(Date.now());
  expect(second).toBeNull();
  const end = (body: object) => call("client:manage", "PUT", `/v1/credentials/${added.body.id}/end`, body);
  expect(await end({ endsAt: "now" })).toMatchObject({ status: 200 });
  expect(Date.parse((await ends())[0])).toBeLessThanOrEqual(Date.now());
  expect(await end({ endsAt: "now" })).toMatchObject({ status: 409 });
  expect((await read(`/v1/credentials/${rotated.body.id}/uses`)).body).toEqual({ lastAt: null, uses: [] });
});

test("a grant lets a client reach a service until it is ended, and the matrix shows it", async () => {
  const client = { name: name() };
  const { clientId } = (await post("/v1/clients", { client, credential: key() })).body;
  const matrix = async () =>
    (await read(`/v1/grants/matrix?search=${client.name}&services=payments`)).body.rows[0].cells;
  expect(await matrix()).toEqual({});
  const grant = await post("/v1/grants", { clientId, serviceId });
  expect(grant.status).toBe(201);
  expect(await matrix()).toMatchObject({ [serviceId]: { grantId: grant.body.id, state: "live" } });
  const reaching = async () =>
    (await read("/v1/services/payments/clients?limit=200")).body.clients.filter(
      (each: { client: { id: string } }) => each.client.id === clientId,
    );
  expect(await reaching()).toMatchObject([{ obstacle: null, grants: [{ id: grant.body.id }] }]);
  expect(await post(`/v1/grants/${grant.body.id}/end`)).toMatchObject({ status: 200 });
  expect(await reaching()).toEqual([]);
  expect(await matrix()).toEqual({});
});

test("lists are read page by page", async () => {
  for (let index = 0; index < 3; index++) await post("/v1/clients", { client: { name: name() } });
  const all = (await read("/v1/clients?limit=200")).body.clients.map(({ id }: { id: string }) => id);
  const paged: string[] = [];
  for (let after = ""; ; ) {
    const { body } = await read(`/v1/clients?limit=2${after}`);
    paged.push(...body.clients.map(({ id }: { id: string }) => id));
    if (body.next === null) break;
    after = `&after=${encodeURIComponent(body.next)}`;
  }
  expect(paged).toEqual(all);
  expect(new Set(paged).size).toBe(paged.length);
});

test("services and proxies are read, and never a token", async () => {
  expect((await read("/v1/services")).body.services).toMatchObject([
    { slug: "payments", proxies: [{ slug: "edge" }], minimumStrength: 112 },
  ]);
  const service = await read("/v1/services/payments");
  expect(service.body.hours).toHaveLength(36);
  const { body } = await read("/v1/proxies/edge");
  expect(body).toMatchObject({ slug: "edge", services: [{ slug: "payments" }], files: [] });
  expect(body).toMatchObject({ bundle: "clients", software: "1.26.0" });
  expect((await read("/v1/proxies")).body.proxies).toEqual([body]);
  expect(JSON.stringify(body)).not.toMatch(/tokenHash/);
  expect(await read("/v1/services/nowhere")).toMatchObject({ status: 404 });
  expect(await read("/v1/proxies/nowhere")).toMatchObject({ status: 404 });
});

test("a caller is listed, admitted by its key, and explained as a client from then on", async () => {
  const [caller, other] = certificates;
  if (caller === undefined || other === undefined) expect.fail("no certificates");
  await installation.database.write((transaction) =>
    transaction.caller.createMany({
      data: [caller, other].map(({ sha256, der }) => ({
        ...{ sha256, serviceId, proxyId: "", displayName: "one", subject: "CN=one", issuerName: "CN=i" },
        ...{ body: new Uint8Array(der), reason: "client-unknown", count: 3 },
        ...{ firstSeenAt: new Date(), lastSeenAt: new Date() },
      })),
    }),
  );
  const certificate = encodePem("CERTIFICATE", caller.der);
  const explain = (question: object) =>
    call("client:read", "POST", "/v1/explain", { service: "payments", ...question });
  expect((await explain({ certificate })).body.decision.reason).toBe("client-unknown");
  expect((await read("/v1/callers?service=payments")).body.callers).toHaveLength(2);
  const wanted = { sha256: caller.sha256, serviceId, name: name(), by: "key" };
  const admitted = await post("/v1/callers/admit", wanted);
  expect(admitted.status).toBe(201);
  const explained = await explain({ certificateId: caller.id });
  expect(explained).toMatchObject({
    status: 200,
    body: {
      decision: { permitted: true, reason: "granted" },
      client: { id: admitted.body.clientId },
      credential: { kind: "key" },
      certificate: { sha256: caller.sha256, keySha256: caller.keySha256, revocation: "good" },
    },
  });
  expect(new Set(explained.body.rules.map(({ verdict }: { verdict: string }) => verdict))).toEqual(
    new Set(["met"]),
  );
  expect(await post("/v1/callers/dismiss", { sha256: other.sha256, serviceId })).toMatchObject({
    status: 200,
  });
  expect((await read("/v1/callers")).body.callers).toEqual([]);
});

const NUL = "\u0000";
const badRequests: [what: string, method: string, path: string, body: unknown, field: string][] = [
  ["a body that is no JSON", "POST", "/v1/clients", "{", "body"],
  ["a client without a name", "POST", "/v1/clients", { client: {} }, "client.name"],
  ["a member that is not known", "POST", "/v1/clients", { client: { name: "x" }, x: 1 }, "input"],
  [
    "a time without a zone",
    "POST",
    "/v1/clients",
    { client: { name: "x", expiresAt: "2090-01-31" } },
    "client.expiresAt",
  ],
  [
    "a time that is over",
    "POST",
    "/v1/clients",
    { client: { name: "x", expiresAt: "2020-01-31T00:00:00Z" } },
    "client.expiresAt",
  ],
  [
    "a service that there is not",
    "POST",
    "/v1/clients",
    { client: { name: "x" }, grants: [{ serviceId: "no" }] },
    "grants.0.serviceId",
  ],
  ["an id with a NUL", "POST", "/v1/grants", { clientId: NUL, serviceId: "x" }, "clientId"],
  [
    "a path that leads upwards",
    "POST",
    "/v1/grants",
    { clientId: "x", serviceId: "x", paths: ["/a/../b"] },
    "paths.0",
  ],
  [
    "an overlap that is none",
    "POST",
    "/v1/credentials/x/rotate",
    { proof: { kind: "key", sha256: "a" }, overlap: "2h" },
    "overlap",
  ],
  ["an end that is no time", "PUT", "/v1/credentials/x/end", { endsAt: "soon" }, "endsAt"],
  [
    "a caller admitted by nothing",
    "POST",
    "/v1/callers/admit",
    { sha256: "a", serviceId: "b", by: "magic" },
    "by",
  ],
  ["a page of nothing", "GET", "/v1/clients?limit=0", undefined, "limit"],
  ["a state that is none", "GET", "/v1/clients?state=dead", undefined, "state"],
  ["a search with a NUL", "GET", "/v1/clients?search=%00", undefined, "search"],
  ["a cursor with a NUL", "GET", "/v1/clients?after=%00", undefined, "after"],
  ["a cursor of another list", "GET", "/v1/services?after=a%20b", undefined, "after"],
  ["a matrix of names that are none", "GET", "/v1/grants/matrix?services=A,,b", undefined, "services"],
  ["a page of too many callers", "GET", "/v1/callers?limit=101", undefined, "limit"],
  [
    "a question about no certificate",
    "POST",
    "/v1/explain",
    { service: "payments", certificate: "hello" },
    "certificate",
  ],
  [
    "a question about two certificates",
    "POST",
    "/v1/explain",
    { service: "payments", certificate: "a", certificateId: "b" },
    "certificate",
  ],
  ["a credential of no kind", "POST", "/v1/clients/x/credentials", { kind: "password" }, "kind"],
  ["a key without its hash", "POST", "/v1/clients/x/credentials", { kind: "key" }, "sha256"],
];

test.each(badRequests)("%s is refused, naming the field", async (_, method, path, body, field) => {
  const scope = method === "GET" || path === "/v1/explain" ? "client:read" : "client:manage";
  const refused = await call(scope, method, path, body);
  expect(refused.body).toMatchObject({ status: expect.any(Number), type: expect.stringContaining("urn:") });
  expect([400, 404, 422]).toContain(refused.status);
  expect(refused.body.violations.map((violation: { field: string }) => violation.field)).toContain(field);
});

test("a body of a megabyte is not read", async () => {
  expect(await post("/v1/clients", `"${"x".repeat(1_000_000)}"`)).toMatchObject({ status: 413 });
});

test.each([
  ["GET", "/v1/clients", "client:manage"],
  ["GET", "/v1/clients/x", "client:manage"],
  ["GET", "/v1/credentials/x/uses", "client:manage"],
  ["GET", "/v1/grants/matrix", "certificate:read"],
  ["GET", "/v1/services", "certificate:read"],
  ["GET", "/v1/services/payments", "certificate:read"],
  ["GET", "/v1/services/payments/clients", "certificate:read"],
  ["GET", "/v1/proxies", "certificate:read"],
  ["GET", "/v1/proxies/edge", "certificate:read"],
  ["GET", "/v1/callers", "certificate:read"],
  ["POST", "/v1/explain", "client:manage"],
  ["POST", "/v1/clients", "client:read"],
  ["PUT", "/v1/clients/x", "client:read"],
  ["POST", "/v1/clients/x/suspend", "client:read"],
  ["POST", "/v1/clients/x/resume", "client:read"],
  ["POST", "/v1/clients/x/retire", "client:read"],
  ["POST", "/v1/clients/status", "client:read"],
  ["POST", "/v1/clients/x/credentials", "client:read"],
  ["POST", "/v1/credentials/x/rotate", "client:read"],
  ["PUT", "/v1/credentials/x/end", "client:read"],
  ["POST", "/v1/grants", "client:read"],
  ["POST", "/v1/grants/x/end", "client:read"],
  ["POST", "/v1/callers/admit", "client:read"],
  ["POST", "/v1/callers/dismiss", "client:read"],
] as const)("%s %s is refused to a token with the scope %s", async (method, path, scope) => {
  expect(await call(scope, method, path, method === "GET" ? undefined : {})).toMatchObject({ status: 403 });
});

test("every route is described", async () => {
  const response = await fetch(`${url}/v1/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, object> };
  for (const path of [
    "/v1/clients",
    "/v1/clients/{id}/suspend",
    "/v1/credentials/{id}/rotate",
    "/v1/grants/matrix",
    "/v1/services/{service}/clients",
    "/v1/proxies/{proxy}",
    "/v1/callers/admit",
    "/v1/explain",
  ]) {
    expect(Object.keys(paths)).toContain(path);
  }
});
