import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { createClient } from "#lib/access/client-change.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import type { Scope } from "#lib/authorization/permissions.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { protocolApplication } from "#lib/protocol/application.ts";

const admin = testActor("admin");
let here: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
let token: string;
/** As nginx writes them. */
let issued: { id: string; serial: string; subject: string; issuerName: string };

beforeAll(async () => {
  here = await testInstallation();
  await foundAuthorities(here, admin, { organisation: "Example" });
  issuer = inlineIssuer(here);
  const application = protocolApplication({ installation: here, issuer });
  server = createServer(getRequestListener(application.fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  token = await tokenWith("failure:read");
  const { id } = await issueFromRequest(issuer, admin, {
    ...{ profile: "client", csr: requestFor("tariff-loader.example.test"), source: "csr" },
  });
  issued = await here.database.read.certificate.findUniqueOrThrow({
    where: { id },
    select: { id: true, serial: true, subject: true, issuerName: true, sha256: true },
  });
  const clientId = await createClient(here, admin, { name: "Tariff loader" });
  const { sha256 } = issued as typeof issued & { sha256: string };
  await addCredential(here, admin, clientId, { kind: "certificate", sha256 });
  await revokeCertificate(here, admin, id, { reason: "keyCompromise" });
  const service = await createService(here, admin, { slug: "tariffs", name: "Tariffs" });
  await createProxy(here, admin, {
    ...{ slug: "edge-9", name: "Edge 9", kind: "nginx", header: "client-cert", services: [service] },
  });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await flushTokenUse(here);
  await issuer.close();
  await here.close();
});

async function tokenWith(scope: Scope): Promise<string> {
  const wishes = { name: `for ${scope}`, scopes: [scope], expiresAt: null };
  return (await createApiToken(here, admin, wishes)).token;
}

async function post(proxy: string, body: BodyInit, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}/v1/diagnose/${proxy}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, ...headers },
    body,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    counts: answer.headers.get("x-countersign-lines"),
    recognized: answer.headers.get("x-countersign-recognized"),
    // biome-ignore lint/suspicious/noExplicitAny: the answer is looked at as whoever asks would
    body: (text === "" ? null : JSON.parse(text)) as any,
  };
}

const stamp = (time: Date) => time.toISOString().slice(0, 19).replaceAll("-", "/").replace("T", " ");
/** After everything that is made for the tests, however long that takes; both logs have the same time. */
const soon = new Date(Date.now() + 300_000);
const now = stamp(soon);

const revoked = `${now} [info] 811#811: *37 client SSL certificate verify error: (23:certificate revoked) while reading client request headers, client: 192.0.2.41, server: tariff.example.test, request: "GET / HTTP/1.1", host: "tariff.example.test"`;
const missing = `${now} [info] 811#811: *38 client sent no required SSL certificate while reading client request headers, client: 192.0.2.42, server: tariff.example.test, request: "GET / HTTP/1.1", host: "tariff.example.test"`;
const scanner = `${now} [info] 811#811: *39 SSL_do_handshake() failed (SSL: error:0A00009C:SSL routines::http request) while SSL handshaking, client: 192.0.2.43, server: 0.0.0.0:8443`;

describe("lines of a proxy", () => {
  test.each(["edge-9", "nginx", "auto"])("are diagnosed, with %s named as the proxy", async (proxy) => {
    const { status, body, counts } = await post(proxy, `${missing}\n${scanner}\nwhat is this\n`);
    expect(status).toBe(200);
    expect(counts).toBe("taken=3, matched=2, ignored=0, not-understood=1, cut=0");
    expect(body).toMatchObject([
      {
        lines: [missing],
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        cause: "client-certificate-missing",
        candidates: expect.arrayContaining(["client-certificate-missing"]),
        certificate: null,
        proxy: "nginx",
      },
      { lines: [scanner], cause: "not-tls", client: null },
    ]);
  });

  test("come in every shape that shippers send", async () => {
    const events = [
      { message: missing, timestamp: new Date().toISOString() },
      { date: 1, log: scanner },
    ];
    const json = JSON.stringify(events);
    const ndjson = events.map((event) => JSON.stringify(event)).join("\n");
    const wanted = (await post("nginx", `${missing}\n${scanner}`)).body;
    expect(wanted).toHaveLength(2);
    for (const [body, headers] of [
      [json, { "Content-Type": "application/json" }],
      [ndjson, { "Content-Type": "application/x-ndjson" }],
      [ndjson, { "Content-Type": "application/json" }],
      [gzipSync(json), { "Content-Type": "application/json", "Content-Encoding": "gzip" }],
      [gzipSync(ndjson), { "Content-Type": "application/octet-stream" }],
    ] as const) {
      expect((await post("nginx", body, headers)).body).toEqual(wanted);
    }
  });

  test("are joined with what the inventory knows: certificate, client, evidence and what to do", async () => {
    const access = JSON.stringify({
      time: soon.toISOString(),
      ...{ remote_addr: "192.0.2.41", remote_port: "50713", connection: "37", status: 400 },
      ...{ ssl_protocol: "TLSv1.3", ssl_client_verify: "FAILED:certificate revoked" },
      ssl_client_serial: issued.serial.toUpperCase(),
      ...{ ssl_client_s_dn: issued.subject, ssl_client_i_dn: issued.issuerName },
    });
    const { body } = await post("edge-9", `${revoked}\n${access}\n`);
    expect(body).toMatchObject([
      {
        lines: [revoked, access],
        cause: "client-certificate-revoked",
        certainty: "certain",
        certificate: {
          id: issued.id,
          name: "tariff-loader.example.test",
          serial: issued.serial.replace(/^0/, ""),
        },
        client: { name: "Tariff loader" },
        action: { code: "rotate", certificate: issued.id },
        evidence: expect.arrayContaining([
          { from: "inventory", text: expect.stringContaining("revoked here since") },
        ]),
      },
    ]);
  });

  test("that are those of another proxy are read as such, and it is said", async () => {
    const { body, recognized } = await post("haproxy", `${missing}\n${scanner}\n`);
    expect(recognized).toBe("nginx");
    expect(body).toHaveLength(2);
  });

  test("leave nothing behind", async () => {
    const before = await here.database.read.auditEvent.count();
    await post("edge-9", revoked);
    expect(await here.database.read.auditEvent.count()).toBe(before);
    expect(await here.database.read.handshakeEvent.count()).toBe(0);
    expect(await here.database.read.notUnderstood.count()).toBe(0);
  });
});

describe("what is not taken is explained", () => {
  test("a wrong token, one without the scope, an unknown proxy or bundle, a wrong method", async () => {
    const other = { Authorization: `Bearer ${await tokenWith("audit:read")}` };
    expect((await post("auto", missing, { Authorization: "Bearer cs_wrong" })).status).toBe(401);
    expect((await post("auto", missing, other)).body).toMatchObject({ status: 403 });
    expect((await post("edge-10", missing)).body).toMatchObject({
      status: 404,
      detail: expect.stringContaining("auto"),
    });
    expect((await post("%00", missing)).status).toBe(404);
    expect((await post("nginx?bundle=nobodys", missing)).body).toMatchObject({
      status: 400,
      violations: [{ field: "bundle" }],
    });
    expect(
      (await fetch(`${url}/v1/diagnose/auto`, { headers: { Authorization: `Bearer ${token}` } })).status,
    ).toBe(405);
  });

  test("bodies that are too large, packed or not, of too many lines, or of no kind that is read", async () => {
    expect((await post("auto", "x".repeat(3_000_000))).body).toMatchObject({ status: 413 });
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    expect((await post("auto", bomb, { "Content-Encoding": "gzip" })).body).toMatchObject({
      status: 413,
      violations: [{ field: "body", rule: "body.size" }],
    });
    expect((await post("auto", "a\n".repeat(5_001))).body).toMatchObject({
      status: 413,
      violations: [{ rule: "body.lines" }],
    });
    expect((await post("auto", missing, { "Content-Encoding": "zstd" })).body).toMatchObject({
      status: 400,
      violations: [{ field: "Content-Encoding" }],
    });
    expect((await post("auto", "\x85", { "Content-Type": "application/msgpack" })).status).toBe(415);
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    expect((await post("auto", deep, { "Content-Type": "application/json" })).body).toMatchObject({
      status: 400,
      violations: [{ field: "body", rule: "json.depth" }],
    });
  });

  test("lines that are long, broken, full of control characters or of HTML are counted and given back as text", async () => {
    const nasty = `${now} [info] 1#1: *2 client SSL certificate verify error: (10:certificate has expired) \u001b[2J<script>alert(1)</script> while reading client request headers, client: 192.0.2.9, server: _`;
    const { status, body, counts } = await post(
      "auto",
      Buffer.concat([
        Buffer.from(`${"A".repeat(1_000_000)}\n`),
        Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
        Buffer.from(`{"log":${"[".repeat(10_000)}\n${nasty}\n`),
      ]),
    );
    expect(status).toBe(200);
    expect(counts).toMatch(/^taken=4, matched=1, ignored=\d, not-understood=\d, cut=1$/);
    expect(body).toMatchObject([
      { lines: [nasty], candidates: expect.arrayContaining(["client-certificate-expired"]) },
    ]);
    expect((await post("auto", "")).body).toEqual([]);
  });

  test("clocks off by a year or by centuries make no difference to that", async () => {
    for (const year of ["0001", "1970", "2019", "9999"]) {
      const { status, body } = await post("nginx", missing.replace(/^\d{4}/, year));
      expect([status, body[0]?.cause ?? "client-certificate-missing"]).toEqual([
        200,
        "client-certificate-missing",
      ]);
    }
  });
});
