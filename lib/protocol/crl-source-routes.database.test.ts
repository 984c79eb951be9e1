import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import type { Scope } from "#lib/authorization/permissions.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

let here: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
let root: TestIdentity;
let leaf: TestIdentity;
let uploader: string;
let reader: string;

beforeAll(async () => {
  here = await testInstallation();
  issuer = inlineIssuer(here);
  server = createServer(getRequestListener(protocolApplication({ installation: here, issuer }).fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  root = await testAuthority();
  leaf = await testLeaf(root);
  await recordForeignCertificates(here, [root.der, leaf.der]);
  [uploader, reader] = [await tokenWith("crl:manage"), await tokenWith("authority:read")];
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await flushTokenUse(here);
  await issuer.close();
  await here.close();
});

async function tokenWith(scope: Scope): Promise<string> {
  const wishes = { name: `for ${scope}`, scopes: [scope], expiresAt: null };
  return (await createApiToken(here, testActor("admin"), wishes)).token;
}

async function post(body: BodyInit, type = "application/pkix-crl", query = "", token = uploader) {
  const answer = await fetch(`${url}/v1/crls${query}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": type },
    body,
  });
  return { status: answer.status, body: await answer.json() };
}

async function sources(token = reader) {
  const answer = await fetch(`${url}/v1/crl-sources`, { headers: { Authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
}

test("a CRL is uploaded, listed with what it revoked, and replaced by PEM", async () => {
  const { serialNumber } = readForeignCertificate(leaf.der);
  const number = 2n ** 62n;
  const first = await post(testCrl(root, { number, entries: [{ serial: serialNumber }] }));
  expect(first).toMatchObject({
    status: 200,
    body: {
      created: true,
      number: number.toString(),
      entries: 1,
      applied: { revoked: 1, held: 0, restored: 0 },
    },
  });
  const { sourceId } = first.body;
  expect(await sources()).toMatchObject({
    status: 200,
    body: { sources: [{ id: sourceId, issuer: "CN=Test Root,O=Example", state: "ok", revocations: 1 }] },
  });
  const next = encodePem("X509 CRL", testCrl(root, { number: number + 1n }));
  expect(await post(next, "application/x-pem-file", `?source=${sourceId}`)).toMatchObject({
    status: 200,
    body: { created: false, applied: { restored: 1 } },
  });
  const ready = await (await fetch(`${url}/readyz`)).json();
  expect(ready.checks.foreignCrls).toBe("ok");
  const figures = await (await fetch(`${url}/metrics`)).text();
  expect(figures).toContain('countersign_foreign_crl_stale{source="Test Root"} 0');
});

test("a refusal names the field and the rule", async () => {
  const stranger = await testAuthority();
  expect(await post(testCrl(stranger))).toMatchObject({
    status: 404,
    body: { violations: [{ field: "crl", rule: "crl.issuer" }] },
  });
  expect(await post(testCrl(root, { number: 1n }))).toMatchObject({ status: 409 });
  expect(await post("no CRL")).toMatchObject({ status: 400, body: { violations: [{ field: "crl" }] } });
  expect(await post(testCrl(root), "application/pkix-crl", "?source=nothing")).toMatchObject({ status: 404 });
  expect(await post("a=b", "application/x-www-form-urlencoded")).toMatchObject({ status: 415 });
});

test("each needs its scope", async () => {
  expect(await post(testCrl(root), "application/pkix-crl", "", reader)).toMatchObject({ status: 403 });
  expect(await sources(uploader)).toMatchObject({ status: 403 });
});
