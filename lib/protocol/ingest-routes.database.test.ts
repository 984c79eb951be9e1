import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { Allowlists } from "#lib/access/allowlist/allowlists.ts";
import { AskingProxies } from "#lib/access/asking-proxies.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { type Ingest, startIngest } from "#lib/handshake/ingest.ts";
import { protocolApplication } from "#lib/protocol/application.ts";

const admin = testActor("admin");
let here: TestInstallation;
let issuer: Issuer;
let access: AccessSnapshot;
let ingest: Ingest;
let server: Server;
let url: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  here = await testInstallation();
  await foundAuthorities(here, admin, { organisation: "Example" });
  issuer = inlineIssuer(here);
  const service = await createService(here, admin, { slug: "tariffs", name: "Tariffs" });
  for (const slug of ["edge-1", "edge-2"]) {
    const { token } = await createProxy(here, admin, {
      ...{ slug, name: slug, kind: "nginx", header: "client-cert", services: [service] },
    });
    tokens.set(slug, token);
  }
  access = new AccessSnapshot(here, 3_600_000);
  await access.follow();
  const proxies = new AskingProxies(here, access, { note: () => {} });
  const allowlists = new Allowlists(here, issuer, access, proxies);
  ingest = startIngest(here);
  const application = protocolApplication({ installation: here, issuer, allowlists, ingest });
  server = createServer(getRequestListener(application.fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await ingest.close();
  await access.end();
  await issuer.close();
  await here.close();
});

const send = (
  body: BodyInit,
  { proxy = "edge-1", token = tokens.get(proxy) ?? "", ...headers }: Record<string, string> = {},
) =>
  fetch(`${url}/v1/ingest/${proxy}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "text/plain", ...headers },
    body,
  });

/** As nginx writes it by default. */
const refusal = (connection: number, second = 0) =>
  `2026/03/04 05:06:${String(second).padStart(2, "0")} [info] 31#31: *${connection} client SSL certificate verify error: (10:certificate has expired) while reading client request headers, client: 192.0.2.9, server: tariffs.example.test, request: "GET / HTTP/1.1", host: "tariffs.example.test"`;

const eventCount = () => here.database.read.handshakeEvent.count();

/** Lines wait for a moment for those that belong to them. */
async function settled(events: number): Promise<void> {
  await expect.poll(eventCount, { timeout: 20_000 }).toBe(events);
  await expect.poll(() => here.database.read.heldLine.count(), { timeout: 20_000 }).toBe(0);
}

test("lines are taken, counted, and become a failure; what is not understood is kept to be seen", async () => {
  const answer = await send(`${refusal(1)}\nsomething else\n\n${refusal(2)}\r\n`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    ...{ taken: 3, matched: 2, ignored: 0, notUnderstood: 1, cut: 0, repeated: false, recognized: null },
  });
  await settled(2);
  const failures = await here.database.read.failure.findMany();
  expect(failures.map(({ cause, count, state }) => [cause, count, state])).toEqual([
    ["client-certificate-expired", 2, "open"],
  ]);
  const [kept] = await here.database.read.notUnderstood.findMany();
  expect(kept?.line).toBe("something else");
});

test("a batch that comes again under its name changes nothing, also when it is longer than a portion", async () => {
  const before = await eventCount();
  const lines = Array.from({ length: 700 }, (_, place) => refusal(1_000 + place, place % 60)).join("\n");
  const first = await send(gzipSync(lines), {
    "Content-Encoding": "gzip",
    "X-Countersign-Batch": "again-1",
  });
  expect(await first.json()).toMatchObject({ taken: 700, matched: 700, repeated: false });
  const second = await send(lines, { "X-Countersign-Batch": "again-1" });
  expect(await second.json()).toMatchObject({ taken: 700, matched: 700, repeated: true });
  await settled(before + 700);
  // The same name of another proxy is another batch.
  const other = await send(refusal(1), { proxy: "edge-2", "X-Countersign-Batch": "again-1" });
  expect(await other.json()).toMatchObject({ taken: 1, repeated: false });
  await settled(before + 701);
});

test("lines of one handshake that come in two batches are one event", async () => {
  const before = await eventCount();
  const access = JSON.stringify({
    ...{ time: "2026-03-04T05:06:07+00:00", connection: "77", remote_addr: "192.0.2.9", status: "400" },
    ...{ ssl_client_verify: "FAILED:certificate has expired", ssl_protocol: "TLSv1.3" },
  });
  await send(refusal(77, 7), { proxy: "edge-2" });
  await send(access, { proxy: "edge-2" });
  await settled(before + 1);
  const event = await here.database.read.handshakeEvent.findFirstOrThrow({ orderBy: { id: "desc" } });
  expect(event.lines.split("\n")).toEqual([refusal(77, 7), access]);
});

test("lines of another software are noticed, and said", async () => {
  const haproxy = `Mar  4 05:06:07 edge haproxy[9]: 192.0.2.9:41000 [04/Mar/2026:05:06:07.123] fe/1: SSL client certificate not trusted`;
  const answer = await send(Array.from({ length: 20 }, () => haproxy).join("\n"), { proxy: "edge-2" });
  expect(await answer.json()).toMatchObject({ taken: 20, recognized: "haproxy" });
  const log = await here.database.read.proxyLog.findFirstOrThrow({ where: { misfit: "haproxy" } });
  expect(log.taken).toBeGreaterThanOrEqual(20n);
});

test.each<[what: string, headers: Record<string, string>, status: number, says: RegExp]>([
  ["no token", { token: "" }, 401, /token of a proxy/],
  ["another proxy's token", { token: "edge-2" }, 403, /the proxy edge-2/],
  ["a name of a batch with spaces", { "X-Countersign-Batch": "a b" }, 400, /ASCII, without spaces/],
  ["a name of a batch that is too long", { "X-Countersign-Batch": "a".repeat(181) }, 400, /1 to 180/],
  ["an unknown packing", { "Content-Encoding": "br" }, 400, /gzip/],
  ["broken gzip", { "Content-Encoding": "gzip" }, 400, /gzip/],
  ["a form", { "Content-Type": "multipart/form-data; boundary=x" }, 415, /text or JSON/],
])("%s is refused by a sentence, and nothing is stored", async (_, { token, ...headers }, status, says) => {
  const before = await here.database.read.ingestBatch.count();
  const given: Record<string, string> = token === undefined ? {} : { token: tokens.get(token) ?? token };
  const answer = await send(refusal(5), { ...given, ...headers });
  expect(answer.status).toBe(status);
  expect(JSON.stringify(await answer.json())).toMatch(says);
  expect(await here.database.read.ingestBatch.count()).toBe(before);
});

test("a bomb of gzip and a body that is too large are refused with 413", async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, "a"));
  expect((await send(bomb, { "Content-Encoding": "gzip" })).status).toBe(413);
  expect((await send("a".repeat(9 * 1024 * 1024))).status).toBe(413);
  expect((await send(refusal(6))).status).toBe(200);
});
