import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { annotateCertificates } from "#lib/inventory/annotate.ts";
import { parseSearch } from "#lib/inventory/certificate-search.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";
import { encodePem } from "#lib/x509/pem.ts";

let installation: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
let token: string;
let pem: string;
const admin = testActor("admin");
const ids: string[] = [];

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  for (let number = 0; number < 5; number++) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const csr = buildCertificateSigningRequest({
      privateKey,
      spki: publicKey.export({ format: "der", type: "spki" }),
      algorithm: "ecdsa-p256",
      subject: [[{ type: "2.5.4.3", value: `=cmd|' /C calc'!A${number}` }]],
      names: [{ type: "uri", value: `spiffe://example.test/${number}` }],
    });
    const issued = await issueFromRequest(issuer, admin, { profile: "client", csr, source: "csr" });
    pem = encodePem("CERTIFICATE", issued.certificate);
    ids.push(issued.id);
  }
  await annotateCertificates(installation, admin, ids.slice(0, 2), { owner: 'a, "b"', addTags: ["x"] });
  ({ token } = await createApiToken(installation, admin, {
    name: "reader",
    scopes: ["certificate:read"],
    expiresAt: null,
  }));
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

const ask = (query: string, path = "/v1/certificates") =>
  fetch(`${url}${path}?${query}`, { headers: { Authorization: `Bearer ${token}` } });

const foundBy = async (query: string): Promise<string[]> =>
  (await (await ask(query)).json()).certificates.map(({ id }: { id: string }) => id);

test("the list takes filters, a search and an order, and says owner, tags, risks and status", async () => {
  const body = await (
    await ask("tag=x&owner=a%2C+%22b%22&status=valid&status=due&sort=added&count=true")
  ).json();
  expect(body).toMatchObject({
    count: { count: 2, exact: true },
    next: null,
    previous: null,
    lookedThrough: null,
    certificates: ids.slice(0, 2).map((id) => ({
      id,
      owner: 'a, "b"',
      tags: ["x"],
      status: "valid",
      risks: [],
      lastSeenAt: null,
      lastSeenWhere: null,
    })),
  });
  expect(await foundBy(`q=${encodeURIComponent(pem)}`)).toEqual([ids.at(-1)]);
  expect(await foundBy("q=%2Ftest%2F3")).toEqual([]);
  expect(await foundBy("q=example.test%2F3")).toEqual([ids[3]]);
  expect(await foundBy("profile=client&sort=added&limit=3")).toEqual(ids.slice(0, 3));
  expect(await foundBy("profile=client&sort=added&limit=2&before=end")).toEqual(ids.slice(3));
});

test("pages lead on and back", async () => {
  const first = await (await ask("profile=client&sort=name&limit=2")).json();
  const second = await (await ask(`profile=client&sort=name&limit=2&after=${first.next}`)).json();
  const back = await (await ask(`profile=client&sort=name&limit=2&before=${second.previous}`)).json();
  expect(back.certificates).toEqual(first.certificates);
});

test("the CSV has every row that passes, and no cell that a spreadsheet would run", async () => {
  const response = await ask("profile=client&sort=added", "/v1/certificates.csv");
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
  expect(response.headers.get("content-disposition")).toMatch(/filename="certificates-[\d-]+\.csv"/);
  const lines = (await response.text()).split("\r\n");
  expect(lines).toHaveLength(7);
  expect(lines[0]).toMatch(/^name,status,risks,/);
  expect(lines[1]).toMatch(/^'=cmd\|' \/C calc'!A0,valid,/);
  expect(lines[1]).toContain(',"a, ""b""",x,');
  expect((await ask("status=none", "/v1/certificates.csv")).status).toBe(400);
});

const bigCertificate = encodePem("CERTIFICATE", new Uint8Array(12_000));

test.each([
  ["status=gone", "status"],
  ["status=valid&status=", "status"],
  ["risk=8", "risk"],
  ["kind=ca", "kind"],
  ["profile=a%20b", "profile"],
  ["sort=serial", "sort"],
  ["expires-from=2026-02-30", "expires-from"],
  ["expires-from=tomorrow", "expires-from"],
  ["expires-to=99999-01-01", "expires-to"],
  ["expires-from=0000-01-01", "expires-from"],
  ["expires-to=0000-12-31T00:00:00Z", "expires-to"],
  ["expires-from=2026-05-01&expires-to=2026-04-01", "expires-to"],
  ["expires-to=2026-05-01&expires-to=2026-04-01", "expires-to"],
  [`q=${"a".repeat(10_000)}`, "q"],
  ["q=a&q=b", "q"],
  ["q=a%00", "q"],
  ["q=a%E2%80%AEb", "q"],
  [`q=${encodeURIComponent("-----BEGIN CERTIFICATE-----\nno")}`, "q"],
  [`q=${encodeURIComponent(encodePem("PRIVATE KEY", new Uint8Array(40)))}`, "q"],
  ["owner=%00", "owner"],
  ["issuer=a%00b", "issuer"],
  [Array.from({ length: 51 }, (_, number) => `tag=${number}`).join("&"), "tag"],
  [`owner=${"a".repeat(1_001)}`, "owner"],
  ["after=x", "after"],
  ["after=-added.1.", "after"],
  ["after=-added.1.a.b", "after"],
  ["after=-added.1e9.abc", "after"],
  ["after=-added.999999999999999.abc", "after"],
  ["after=expires.1.abc", "after"],
  ["sort=expires&after=expires.253402300800000.abc", "after"],
  ["sort=expires&before=expires.-253402300800000.abc", "before"],
  ["sort=added&after=added.-62135596800001.abc", "after"],
  ["sort=name&after=name.!!.abc", "after"],
  ["sort=name&after=name._w.abc", "after"],
  ["sort=name&after=name.AA.abc", "after"],
  ["before=-added.1.%00", "before"],
  ["after=-added.1.abc&before=end", "before"],
  ["limit=0", "limit"],
  ["count=maybe", "count"],
])("a list asked for with %s is refused, naming the parameter", async (query, field) => {
  const response = await ask(query);
  expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
  expect(await response.json()).toMatchObject({ violations: [{ field }] });
});

test.each([
  "q=%25",
  "q=_",
  "q=%27%3B--",
  "q=%F0%9F%A6%8A",
  "q=%EF%BF%BF",
  "owner=%25",
  "tag=%0A",
  "issuer=",
  "issuer=%25",
  "algorithm=none",
  "expires-to=0001-01-01",
  "expires-from=9999-12-31",
  "sort=expires&after=expires.253402300799999.abc",
  "sort=-added&after=-added.-62135596800000.abc",
])("a list asked for with %s is empty, and no more", async (query) => {
  expect(await foundBy(query)).toEqual([]);
});

test("a pasted certificate of 16 KB is looked for", () => {
  expect(bigCertificate.length).toBeGreaterThan(16_000);
  expect(parseSearch(bigCertificate)?.sha256).toHaveLength(1);
});
