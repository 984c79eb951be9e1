import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { listAuditEvents } from "#lib/audit/read.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";

const admin = testActor("admin");
let installation: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
let id: string;
let serial: string;
let annotator: string;
let reader: string;

/** In an order that is not that of the alphabet, and more than are answered. */
const NAMES = Array.from({ length: 105 }, (_, number) => `h${(number * 11) % 105}.example.test`);

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const csr = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: NAMES[3] ?? "" }]],
    names: NAMES.slice(0, 100).map((value) => ({ type: "dns", value })),
  });
  ({ id, serial } = await issueFromRequest(issuer, admin, { profile: "server", csr, source: "csr" }));
  // Certificates of others have more names than ours may.
  await installation.database.write((transaction) =>
    transaction.certificateName.createMany({
      data: NAMES.slice(100).map((value, number) => ({
        id: `${id}.${100 + number}`,
        certificateId: id,
        type: "dns",
        value,
        reversed: "",
      })),
    }),
  );
  const tokenWith = async (scope: "certificate:annotate" | "certificate:read") =>
    (await createApiToken(installation, admin, { name: scope, scopes: [scope], expiresAt: null })).token;
  annotator = await tokenWith("certificate:annotate");
  reader = await tokenWith("certificate:read");
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

async function patch(body: unknown, reference = id, token = annotator) {
  const response = await fetch(`${url}/v1/certificates/${reference}`, {
    method: "PATCH",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const read = async (path: string) =>
  (await fetch(url + path, { headers: { Authorization: `Bearer ${reader}` } })).json();

test("owner, tags and notes are changed together, by id and by serial number, and stand in the audit trail", async () => {
  const change = { owner: " Payments ", addTags: ["Production", "a"], notes: "Ask first.\r\n" };
  expect(await patch(change)).toEqual({
    status: 200,
    body: { id, owner: "Payments", tags: ["a", "production"], notes: "Ask first." },
  });
  expect(await patch({ removeTags: ["a"] }, serial)).toEqual({
    status: 200,
    body: { id, owner: "Payments", tags: ["production"], notes: "Ask first." },
  });
  expect(await read(`/v1/certificates/${id}`)).toMatchObject({
    owner: "Payments",
    tags: ["production"],
    notes: "Ask first.",
  });
  const { events } = await listAuditEvents(installation, admin, { object: { kind: "certificate", id } });
  expect(events.slice(0, 3).map(({ action, actor }) => [action, actor.kind])).toEqual([
    ["certificate.annotated", "token"],
    ["certificate.notes-changed", "token"],
    ["certificate.annotated", "token"],
  ]);
  const check = verifyChain(installation, admin);
  let step = await check.next();
  while (!step.done) step = await check.next();
  expect(step.value.whole).toBe(true);
});

test.each([
  ["an owner of 101 characters", { owner: "a".repeat(101) }, 400, "owner"],
  ["an owner that deceives", { owner: "a\u202eb", addTags: ["new"] }, 400, "owner"],
  ["a tag with a space", { addTags: ["fine", "a b"] }, 400, "addTags.1"],
  ["notes that are too long", { owner: "other", notes: "a".repeat(10_001) }, 400, "notes"],
  ["a NUL in notes", { owner: "other", notes: "\0" }, 400, "notes"],
  ["an unknown member", { owner: "other", tags: ["a"] }, 400, "input"],
  ["a list of owners", { owner: ["a"] }, 400, "owner"],
  ["no JSON", "{", 400, "body"],
  ["a body of 200 KB", { notes: "a".repeat(200_000) }, 413, "body"],
])("%s is refused, and nothing is changed", async (_, change, status, field) => {
  const before = await read(`/v1/certificates/${id}`);
  const answer = await patch(change);
  expect([answer.status, answer.body.violations[0].field]).toEqual([status, field]);
  expect(await read(`/v1/certificates/${id}`)).toEqual(before);
});

test("too many tags change nothing, not even the notes", async () => {
  const before = await read(`/v1/certificates/${id}`);
  const addTags = Array.from({ length: 20 }, (_, number) => `tag-${number}`);
  expect((await patch({ addTags, notes: "Changed." })).status).toBe(422);
  expect(await read(`/v1/certificates/${id}`)).toEqual(before);
});

test("what is not there is not found, and without the scope nothing is changed", async () => {
  expect((await patch({ owner: "x" }, "none")).status).toBe(404);
  expect((await patch({ owner: "x" }, "a%00b")).status).toBe(404);
  expect((await patch({ owner: "x" }, id, reader)).status).toBe(403);
});

test("the first hundred names are in the answer, the list and the CSV, in the order of the certificate", async () => {
  const first = NAMES.slice(0, 100).map((value) => ({ type: "dns", value }));
  expect((await read(`/v1/certificates/${id}`)).names).toEqual(first);
  const { certificates } = await read("/v1/certificates?profile=server");
  expect(certificates.map(({ names }: { names: unknown }) => names)).toEqual([first]);
  const csv = await fetch(`${url}/v1/certificates.csv?profile=server`, {
    headers: { Authorization: `Bearer ${reader}` },
  });
  const [header, row] = (await csv.text()).split("\r\n");
  expect(header).toMatch(/,id,names$/);
  expect(row?.endsWith(`,${id},${first.map(({ value }) => value).join(" ")}`)).toBe(true);
});
