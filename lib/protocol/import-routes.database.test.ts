import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import type { Scope } from "#lib/authorization/permissions.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import {
  context,
  contextPrimitive,
  encodeDer,
  integer,
  octetString,
  oid,
  sequence,
} from "#lib/x509/der-writer.ts";
import { OID } from "#lib/x509/oids.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { testAuthority } from "#lib/x509/testdata/issue.ts";

let here: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;

beforeAll(async () => {
  here = await testInstallation();
  issuer = inlineIssuer(here);
  server = createServer(getRequestListener(protocolApplication({ installation: here, issuer }).fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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

async function post(token: string, body: BodyInit, headers: Record<string, string> = {}, query = "") {
  const answer = await fetch(`${url}/v1/certificates/import${query}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/octet-stream", ...headers },
    body,
  });
  return { status: answer.status, body: await answer.json() };
}

/** A PKCS#12 file that takes about a second to find its password wrong. */
function slowFile(): Uint8Array<ArrayBuffer> {
  const derivation = sequence(octetString(new Uint8Array(8)), integer(2_000_000));
  const cipher = sequence(oid(OID.aes256Cbc), octetString(new Uint8Array(16)));
  const pbes2 = sequence(oid(OID.pbes2), sequence(sequence(oid(OID.pbkdf2), derivation), cipher));
  const encrypted = sequence(oid(OID.data), pbes2, contextPrimitive(0, new Uint8Array(16)));
  const safe = sequence(sequence(oid(OID.encryptedData), context(0, sequence(integer(0), encrypted))));
  return encodeDer(sequence(integer(3), sequence(oid(OID.data), context(0, octetString(safe)))));
}

test("a connection on which nothing moves is kept while its file is read, and no longer", async () => {
  const token = await tokenWith("certificate:import");
  const idle: number[] = [];
  server.once("request", ({ socket }, response) => {
    response.once("close", () => idle.push(socket.timeout ?? 0));
  });
  server.setTimeout(200);
  try {
    const start = performance.now();
    const { status, body } = await post(token, slowFile(), { "X-Import-Password": "x" });
    expect(performance.now() - start).toBeGreaterThan(300);
    expect([status, body.unreadable]).toEqual([200, 1]);
    await expect.poll(() => idle.length).toBe(1);
    expect(idle[0]).toBeLessThan(10_000);
  } finally {
    server.setTimeout(0);
  }
});

test("a file is imported as the body, and what it held is told", async () => {
  const token = await tokenWith("certificate:import");
  const pem = encodePem("CERTIFICATE", (await testAuthority()).der);
  const { status, body } = await post(token, `${pem}${pem}-----BEGIN CERTIFICATE-----\n`, {}, "?name=a.pem");
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: "done", found: 3, added: 1, known: 1, unreadable: 1 });
  expect(body.faults).toEqual([
    {
      place: "PEM block 3",
      reason:
        "A PEM block CERTIFICATE cannot be read. Its END line is missing. Its bytes are not kept: they may hold a private key.",
      note: false,
    },
  ]);
  const row = await here.database.read.certificateImport.findUniqueOrThrow({ where: { id: body.id } });
  expect(row).toMatchObject({ fileName: "a.pem", requestedBy: "for certificate:import" });
});

test("a password travels in a header, percent-encoded", async () => {
  const token = await tokenWith("certificate:import");
  const store = readFileSync(new URL("../x509/testdata/keytool-17-trust.p12", import.meta.url));
  const without = await post(token, store);
  expect(without.body).toMatchObject({ added: 0, unreadable: 1 });
  const opened = await post(token, store, { "X-Import-Password": "change%69t" });
  expect(opened.body).toMatchObject({ added: 1, unreadable: 0 });
  expect(await post(token, store, { "X-Import-Password": "100%" })).toMatchObject({
    status: 400,
    body: { violations: [{ field: "password", rule: "import.password" }] },
  });
});

test("without the scope, or as a form, nothing is read", async () => {
  const before = await here.database.read.certificateImport.count();
  expect(await post(await tokenWith("certificate:read"), "x")).toMatchObject({ status: 403 });
  const form = { "Content-Type": "multipart/form-data; boundary=x" };
  expect(await post(await tokenWith("certificate:import"), "--x--", form)).toMatchObject({ status: 415 });
  expect(await here.database.read.certificateImport.count()).toBe(before);
});

test("200 MB are refused before they have arrived, in a sentence", async () => {
  const token = await tokenWith("certificate:import");
  const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    import("node:http").then(({ request }) => {
      const sent = request(`${url}/v1/certificates/import`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Length": String(200 * 1024 * 1024) },
      });
      sent.on("response", (received) => {
        let text = "";
        received.setEncoding("utf8");
        received.on("data", (part) => (text += part));
        received.on("end", () => {
          resolve({ status: received.statusCode ?? 0, text });
          sent.destroy();
        });
      });
      sent.on("error", reject);
      sent.write("PK");
    });
  });
  expect(answer.status).toBe(413);
  expect(answer.text).toContain("The file has 200.0 MB; one import takes at most 100.0 MB");
});
