import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import type { Scope } from "#lib/authorization/permissions.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { protocolApplication } from "#lib/protocol/application.ts";

const admin = testActor("admin");
let installation: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
const tokens = new Map<Scope, string>();
let number = 0;

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  for (const scope of ["certificate:revoke", "certificate:hold", "certificate:read"] as const) {
    const { token } = await createApiToken(installation, admin, {
      name: scope,
      scopes: [scope],
      expiresAt: null,
    });
    tokens.set(scope, token);
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

const issue = () => issueNamed(issuer, admin, `rest-revoked-${number++}.example.test`);

async function call(scope: Scope, method: string, path: string, body?: unknown) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${tokens.get(scope)}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const change = (scope: Scope, id: string, action: "revoke" | "hold" | "release", body?: unknown) =>
  call(scope, "POST", `/v1/certificates/${id}/${action}`, body);
const read = (path: string) => call("certificate:read", "GET", path);

test("a certificate is held, released and revoked over REST, and tells of it when it is read", async () => {
  const id = await issue();
  const held = await change("certificate:hold", id, "hold", { comment: "strange log lines" });
  expect(held).toMatchObject({
    status: 200,
    body: { id, revocation: { reason: "certificateHold", comment: "strange log lines", publishedAt: null } },
  });
  expect((await read(`/v1/certificates/${id}`)).body).toMatchObject({
    status: "held",
    revocation: { reason: "certificateHold" },
  });
  expect(await change("certificate:hold", id, "release")).toEqual({
    status: 200,
    body: { id, revocation: null },
  });
  expect((await read(`/v1/certificates/${id}`)).body).toMatchObject({ status: "valid", revocation: null });

  const invalidAt = new Date(Date.now() - 60_000).toISOString();
  const revoked = await change("certificate:revoke", id, "revoke", { reason: "keyCompromise", invalidAt });
  expect(revoked).toMatchObject({
    status: 200,
    body: { revocation: { reason: "keyCompromise", invalidAt: `${invalidAt.slice(0, 19)}.000Z` } },
  });
  const list = await read("/v1/certificates?status=revoked");
  expect(list.body.certificates).toEqual([
    expect.objectContaining({ id, status: "revoked", revocationReason: "keyCompromise" }),
  ]);
  const table = await fetch(`${url}/v1/certificates.csv?status=revoked`, {
    headers: { Authorization: `Bearer ${tokens.get("certificate:read")}` },
  });
  const [names = "", line = ""] = (await table.text()).split("\r\n");
  expect(names).toContain(",revoked,revocation reason,");
  expect(line).toMatch(/,\d{4}-\d\d-\d\dT[^,]*Z,keyCompromise,/);
  expect(await change("certificate:revoke", id, "revoke", { reason: "superseded" })).toMatchObject({
    status: 409,
  });
});

test("a serial number or fingerprint names the certificate, too", async () => {
  const id = await issue();
  const { serial, sha256 } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id },
  });
  expect(await change("certificate:hold", serial, "hold", {})).toMatchObject({ status: 200, body: { id } });
  expect(await change("certificate:revoke", sha256 ?? "", "revoke", { reason: "superseded" })).toMatchObject({
    status: 200,
    body: { id },
  });
});

test("each of the three needs its own scope, and a body that says something else is refused by name", async () => {
  const id = await issue();
  expect((await change("certificate:hold", id, "revoke", { reason: "superseded" })).status).toBe(403);
  expect((await change("certificate:revoke", id, "hold")).status).toBe(403);
  expect((await change("certificate:read", id, "release")).status).toBe(403);
  for (const [body, field] of [
    [{}, "reason"],
    [{ reason: "certificateHold" }, "reason"],
    [{ reason: "superseded", when: "now" }, "input"],
    [{ reason: "superseded", invalidAt: "yesterday" }, "invalidAt"],
    [{ reason: "superseded", invalidAt: "2999-01-01T00:00:00Z" }, "invalidAt"],
    [{ reason: "superseded", comment: "x".repeat(501) }, "comment"],
    ["not json", "body"],
  ] as const) {
    expect(await change("certificate:revoke", id, "revoke", body)).toMatchObject({
      status: 400,
      body: { violations: [{ field }] },
    });
  }
  expect((await change("certificate:revoke", "no-such", "revoke", { reason: "superseded" })).status).toBe(
    404,
  );
  expect((await read(`/v1/certificates/${id}`)).body.revocation).toBeNull();
});

test("revocations are listed page by page and by reason, with the time it took to publish them", async () => {
  const ids = [await issue(), await issue(), await issue()];
  for (const id of ids) {
    await change("certificate:revoke", id, "revoke", { reason: "affiliationChanged" });
  }
  const found: string[] = [];
  for (let next: unknown = ""; next !== null; ) {
    const after = next === "" ? "" : `&after=${next}`;
    const { status, body } = await read(`/v1/revocations?reason=affiliationChanged&limit=2${after}`);
    expect(status).toBe(200);
    const page = body.revocations as {
      certificate: { id: string };
      authority: string;
      secondsToPublish: null;
    }[];
    expect(page.length).toBeLessThanOrEqual(2);
    expect(page.every((each) => each.secondsToPublish === null && each.authority !== null)).toBe(true);
    found.push(...page.map(({ certificate }) => certificate.id));
    next = body.next;
  }
  expect(found.sort()).toEqual(ids.sort());
  for (const query of ["limit=0", "limit=x", "reason=nonsense", "after=nonsense"]) {
    expect((await read(`/v1/revocations?${query}`)).status).toBe(400);
  }
});

test("the description of the API names the endpoints and the states", async () => {
  const document = (await (await fetch(`${url}/v1/openapi.json`)).json()) as {
    paths: Record<string, object>;
    components: { schemas: { Certificate: { properties: { status: { enum: string[] } } } } };
  };
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining([
      "/v1/certificates/{certificate}/revoke",
      "/v1/certificates/{certificate}/hold",
      "/v1/certificates/{certificate}/release",
      "/v1/revocations",
    ]),
  );
  expect(document.components.schemas.Certificate.properties.status.enum).toEqual(
    expect.arrayContaining(["revoked", "held"]),
  );
});
