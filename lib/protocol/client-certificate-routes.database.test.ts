import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { createClient } from "#lib/access/client-change.ts";
import { getClient } from "#lib/access/client-read.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import type { Scope } from "#lib/authorization/permissions.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { encodePem } from "#lib/x509/pem.ts";

const admin = testActor("admin");
let installation: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const scopes: Record<string, Scope[]> = {
    whole: ["client:manage", "certificate:issue", "certificate:renew"],
    manage: ["client:manage"],
  };
  for (const [name, wanted] of Object.entries(scopes)) {
    tokens[name] = (
      await createApiToken(installation, admin, { name, scopes: wanted, expiresAt: null })
    ).token;
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

async function post(path: string, body: unknown, token = "whole") {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${tokens[token]}` },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared, and not used
  return { status: response.status, body: (await response.json()) as any };
}

const csr = (name: string) => encodePem("CERTIFICATE REQUEST", requestFor(name));

test("a program gets a certificate for a client, and later one that takes its place", async () => {
  const clientId = await createClient(installation, admin, { name: "Billing" });
  const path = `/v1/clients/${clientId}/certificates`;
  const first = await post(path, { csr: csr("billing.example"), lifetimeSeconds: 86_400 });
  expect(first).toMatchObject({ status: 201, body: { clientId, certificate: { profile: "client" } } });
  const { credentialId } = first.body;
  const second = await post(`/v1/credentials/${credentialId}/certificates`, {
    ...{ csr: csr("billing.example"), overlap: "24h", provenBy: "key" },
  });
  expect(second.status).toBe(201);
  const { credentials } = await getClient(installation, admin, clientId);
  expect(credentials).toMatchObject([
    { id: credentialId, kind: "certificate", endsAt: expect.any(Date) },
    { id: second.body.credentialId, kind: "key", replacesId: credentialId, endsAt: null },
  ]);
});

test("who may not issue gets none, and what is wrong is named", async () => {
  const clientId = await createClient(installation, admin, { name: "Stock" });
  const path = `/v1/clients/${clientId}/certificates`;
  expect((await post(path, { csr: csr("stock.example") }, "manage")).status).toBe(403);
  const wrong: [object, string][] = [
    [{ csr: "rubbish" }, "csr"],
    [{ csr: csr("stock.example"), profile: "nothing" }, "profile"],
    [{ csr: csr("stock.example"), provenBy: "name" }, "provenBy"],
  ];
  for (const [body, field] of wrong) {
    const { status, body: problem } = await post(path, body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(problem)).toContain(`"${field}"`);
  }
  const unknown = await post(`/v1/credentials/${"0".repeat(26)}/certificates`, {
    ...{ csr: csr("stock.example"), overlap: "now" },
  });
  expect(unknown.status).toBe(404);
  expect((await getClient(installation, admin, clientId)).credentials).toEqual([]);
});

test("a program imports clients from a file", async () => {
  await createService(installation, admin, { slug: "payments", name: "Payments" });
  const text = `name,services,credential\nImported,payments,key:${"ab".repeat(32)}\nWrong,nothing,`;
  expect(await post("/v1/clients/import/check", { text }, "manage")).toMatchObject({
    status: 200,
    body: {
      lines: [
        { line: 2, findings: [] },
        { line: 3, findings: [{ field: "services" }] },
      ],
    },
  });
  expect(await post("/v1/clients/import", { text, mode: "all" }, "manage")).toMatchObject({
    status: 200,
    body: { created: [], refused: [{ line: 3 }] },
  });
  const { body } = await post("/v1/clients/import", { text, mode: "each" }, "manage");
  expect(body).toMatchObject({ created: [{ line: 2, name: "Imported" }], refused: [{ line: 3 }] });
  expect(await getClient(installation, admin, body.created[0].clientId)).toMatchObject({ source: "import" });
  expect((await post("/v1/clients/import", { text: "", mode: "each" })).status).toBe(400);
});
