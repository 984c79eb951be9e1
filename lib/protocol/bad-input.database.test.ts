import { execFileSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { createProfile } from "#lib/authority/profile-change.ts";
import { FIRST_PROFILES, type ProfileRules } from "#lib/authority/profile-rules.ts";
import { addSeconds, fixedClock } from "#lib/clock.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { findCertificates } from "#lib/inventory/certificate-find.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";
import { requestInfo, signedRequest } from "#lib/x509/csr-writer.ts";
import { signTbs } from "#lib/x509/key.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** The guarantee of every test here: a 4xx that names field and rule in a sentence, and nothing written. */

let installation: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
let token: string;
let reader: string;
let folder: string;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  folder = mkdtempSync(join(tmpdir(), "countersign-bad-"));
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example", nameConstraints: ["example.test"] });
  ({ token } = await createApiToken(installation, admin, {
    name: "bad",
    scopes: ["certificate:issue", "certificate:read"],
    expiresAt: null,
  }));
  ({ token: reader } = await createApiToken(installation, admin, {
    name: "reader",
    scopes: ["certificate:read", "authority:read", "certificate:renew"],
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
  rmSync(folder, { recursive: true, force: true });
});

const COMMON_NAME = "2.5.4.3";
const ec = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ format: "der", type: "spki" }));
const pemOf = (der: Uint8Array) => encodePem("CERTIFICATE REQUEST", der);

function request(
  names: { type: "dns" | "ip" | "uri" | "email"; value: string }[],
  cn = "api.example.test",
): Uint8Array {
  const { privateKey, publicKey } = ec();
  return buildCertificateSigningRequest({
    privateKey,
    spki: spkiOf(publicKey),
    algorithm: "ecdsa-p256",
    subject: [[{ type: COMMON_NAME, value: cn }]],
    names,
  });
}

/** A request whose body was altered and then signed properly. */
function altered(cn: string, alter: (info: Buffer) => void): string {
  const { privateKey, publicKey } = ec();
  const info = Buffer.from(
    requestInfo({ subject: [[{ type: COMMON_NAME, value: cn }]], names: [], spki: spkiOf(publicKey) }),
  );
  alter(info);
  return pemOf(signedRequest(info, "ecdsa-p256", signTbs(info, privateKey, "ecdsa-p256")));
}

const host = [{ type: "dns" as const, value: "api.example.test" }];

async function post(body: string | Uint8Array, wishes?: object) {
  const json = wishes !== undefined;
  const response = await fetch(`${url}/v1/certificates${json ? "" : "?profile=server"}`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": json ? "application/json" : "application/pkcs10",
    },
    body: json ? JSON.stringify({ csr: body, profile: "server", ...wishes }) : Buffer.from(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    problem: JSON.parse(text),
    text,
  };
}

async function written() {
  const { read } = installation.database;
  return [await read.certificate.count(), await read.certificateName.count(), await read.auditEvent.count()];
}

interface Case {
  what: string;
  body: () => string | Uint8Array;
  wishes?: object;
  status: number;
  field: string;
  rule: RegExp;
}

const cases: Case[] = [
  {
    what: "a request with a bad signature",
    body: () => {
      const der = request(host);
      der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
      return pemOf(der);
    },
    status: 400,
    field: "csr",
    rule: /rfc2986/,
  },
  {
    what: "a 512-bit key",
    body: () => {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 512 });
      return pemOf(
        buildCertificateSigningRequest({
          privateKey,
          spki: spkiOf(publicKey),
          algorithm: "rsa-2048",
          subject: [],
          names: host,
        }),
      );
    },
    status: 422,
    field: "csr",
    rule: /key\.strength/,
  },
  {
    what: "a file of 5 MB",
    body: () => new Uint8Array(5 << 20),
    status: 413,
    field: "body",
    rule: /body\.size/,
  },
  {
    what: "a request just over 64 KiB",
    body: () => new Uint8Array(70_000),
    status: 413,
    field: "csr",
    rule: /csr\.size/,
  },
  {
    what: "1,000 subject alternative names",
    body: () =>
      request(Array.from({ length: 1000 }, (_, n) => ({ type: "dns", value: `h${n}.example.test` }))),
    status: 413,
    field: "csr",
    rule: /names/,
  },
  {
    what: "1,000 names beside the request",
    body: () => pemOf(request(host)),
    wishes: { names: Array.from({ length: 1000 }, (_, n) => ({ type: "dns", value: `h${n}.example.test` })) },
    status: 422,
    field: "names",
    rule: /profile\.names\.max/,
  },
  {
    what: "an unknown attribute",
    body: () => {
      const { privateKey, publicKey } = ec();
      const info = Buffer.from(requestInfo({ subject: [], names: host, spki: spkiOf(publicKey) }));
      // extensionRequest 1.2.840.113549.1.9.14 becomes …9.99, which nobody knows.
      const at = info.indexOf(Buffer.from("2a864886f70d01090e", "hex"));
      info[at + 8] = 99;
      return pemOf(signedRequest(info, "ecdsa-p256", signTbs(info, privateKey, "ecdsa-p256")));
    },
    status: 400,
    field: "csr",
    rule: /attributes/,
  },
  {
    what: "a NUL in a name",
    body: () => altered("aXb.example.test", (info) => info.write("\0", info.indexOf("aXb") + 1, "latin1")),
    status: 400,
    field: "csr",
    rule: /./,
  },
  {
    what: "a bidi control in a name",
    body: () =>
      altered("a___b.example.test", (info) => info.write("\u202e", info.indexOf("a___b") + 1, "utf8")),
    status: 400,
    field: "csr",
    rule: /./,
  },
  {
    what: "a wildcard that the profile forbids",
    body: () => pemOf(request([{ type: "dns", value: "*.example.test" }])),
    status: 422,
    field: "names",
    rule: /profile\.names\.dns/,
  },
  {
    what: "a name outside the authority's constraints",
    body: () => pemOf(request([{ type: "dns", value: "api.elsewhere.test" }])),
    status: 422,
    field: "names",
    rule: /rfc5280\.4\.2\.1\.10/,
  },
  {
    what: "an e-mail address in a DNS name",
    body: () => pemOf(request(host)),
    wishes: { names: [{ type: "dns", value: "ops@example.test" }] },
    status: 400,
    field: "names",
    rule: /rfc5280\.4\.2\.1\.6|dns/,
  },
  {
    what: "a lifetime beyond the profile",
    body: () => pemOf(request(host)),
    wishes: { lifetimeSeconds: 400 * 86_400 },
    status: 422,
    field: "lifetime",
    rule: /profile\.lifetime/,
  },
  {
    what: "PEM with garbage around it",
    body: () => `Here it is:\n${pemOf(request(host))}`,
    status: 400,
    field: "csr",
    rule: /pem|rfc7468/,
  },
  { what: "bytes that are neither PEM nor DER", body: () => "hello", status: 400, field: "csr", rule: /./ },
  { what: "no body at all", body: () => "", status: 400, field: "csr", rule: /./ },
  {
    what: "an unknown profile",
    body: () => pemOf(request(host)),
    wishes: { profile: "nothing" },
    status: 422,
    field: "profile",
    rule: /profile\.exists/,
  },
  {
    what: "an unknown JSON member",
    body: () => pemOf(request(host)),
    wishes: { lifetime: 5 },
    status: 400,
    field: "input",
    rule: /input\./,
  },
];

test.each(cases)("$what is refused with a sentence, and nothing is written", async (bad) => {
  const before = await written();
  const answer = await post(bad.body(), bad.wishes);
  expect({ status: answer.status, detail: answer.problem.detail }).toMatchObject({ status: bad.status });
  expect(answer.type).toContain("application/problem+json");
  const [violation] = answer.problem.violations;
  expect(violation.field).toBe(bad.field);
  expect(violation.rule).toMatch(bad.rule);
  expect(violation.detail).toMatch(/^[A-Z].{10,}\.$/s);
  expect(await written()).toEqual(before);
});

test("a good request passes the same way, so the refusals above are about what was wrong", async () => {
  expect((await post(pemOf(request(host)))).status).toBe(201);
  expect((await post(request(host))).status).toBe(201);
});

test("without a token, with a wrong one and without the scope nothing is issued", async () => {
  const ask = (authorization?: string) =>
    fetch(`${url}/v1/certificates?profile=server`, {
      method: "POST",
      headers: {
        "Content-Type": "application/pkcs10",
        ...(authorization ? { Authorization: authorization } : {}),
      },
      body: Buffer.from(request(host)),
    });
  expect((await ask()).status).toBe(401);
  expect((await ask("Bearer csn_wrong")).status).toBe(401);
  const other = await createApiToken(installation, admin, {
    name: "r",
    scopes: ["certificate:read"],
    expiresAt: null,
  });
  expect((await ask(`Bearer ${other.token}`)).status).toBe(403);
});

const PATHS = ["/v1/certificates/", "/v1/authorities/", "/v1/profiles/"].flatMap((path) =>
  ["%00", "a%00b", "%E2%80%AE", "%F0%9F%90%84", "%FF", "..%2F", "a".repeat(3_000)].map((end) => path + end),
);
const PUBLISHED = ["%00", "a%00", "%1F", "%E2%80%AE"].flatMap((name) => [
  `/ca/${name}.crt`,
  `/ca/${name}.pem`,
  `/trust/${name}.pem`,
]);

test.each([...PATHS, ...PUBLISHED, "/v1/certificates/%00/download/pem"])(
  "nothing is at %s, and the answer says so",
  async (path) => {
    const response = await fetch(url + path, { headers: { Authorization: `Bearer ${reader}` } });
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  },
);

test("a renewal, a page and a search that name what cannot be are refused, too", async () => {
  const headers = { Authorization: `Bearer ${reader}` };
  const renewal = await fetch(`${url}/v1/certificates/%00/renew`, { method: "POST", headers });
  expect(renewal.status).toBe(404);
  const page = await fetch(`${url}/v1/certificates?after=1.%00`, { headers });
  expect(page.status).toBe(400);
  expect(await page.json()).toMatchObject({ violations: [{ field: "after", rule: "cursor" }] });
  expect(await findCertificates(installation, admin, "a\0")).toEqual([]);
});

test("a name that would deceive its reader is refused by profiles and authorities", async () => {
  const before = await written();
  const authority = {
    organisation: "",
    keyAlgorithm: "ecdsa-p256" as const,
    days: 2,
    parentId: null,
    purposes: ["server" as const],
    pathLength: 0,
    permitted: [],
    excluded: [],
  };
  const profile = {
    slug: "bad",
    name: "Bad",
    description: "",
    authorityId: "x",
    rules: FIRST_PROFILES[0]?.rules as ProfileRules,
  };
  for (const bad of ["a\0b", "a\u202eb"]) {
    const refused = { code: "malformed", violations: [{ field: "name" }] };
    await expect(createAuthority(installation, admin, { ...authority, name: bad })).rejects.toMatchObject(
      refused,
    );
    await expect(createProfile(installation, admin, { ...profile, name: bad })).rejects.toMatchObject(
      refused,
    );
    await expect(createProfile(installation, admin, { ...profile, description: bad })).rejects.toMatchObject({
      code: "malformed",
      violations: [{ field: "description" }],
    });
    await expect(createProfile(installation, admin, { ...profile, authorityId: bad })).rejects.toMatchObject({
      code: "malformed",
      violations: [{ field: "authorityId" }],
    });
    await expect(
      createAuthority(installation, admin, { ...authority, name: "Fine", parentId: bad }),
    ).rejects.toMatchObject({ code: "malformed", violations: [{ field: "parentId" }] });
  }
  expect(await written()).toEqual(before);
});

test("another method than a path has is refused with those that it has (RFC 9110 §15.5.6)", async () => {
  const ask = (method: string, path: string) =>
    fetch(url + path, { method, headers: { Authorization: `Bearer ${token}` } });
  for (const [method, path, allow] of [
    ["DELETE", "/v1/certificates", "GET, HEAD, POST"],
    ["PUT", "/v1/certificates/x", "GET, HEAD, PATCH"],
    ["GET", "/v1/certificates/x/renew", "POST"],
    ["POST", "/v1/authorities/x", "GET, HEAD"],
    ["POST", "/ca/root.crt", "GET, HEAD"],
    ["DELETE", "/healthz", "GET, HEAD"],
  ] as const) {
    const response = await ask(method, path);
    expect([path, response.status, response.headers.get("allow")]).toEqual([path, 405, allow]);
    expect(await response.json()).toMatchObject({ type: "urn:countersign:problem:methodNotAllowed" });
  }
  expect((await ask("DELETE", "/v1/nothing")).status).toBe(404);
});

test("a signing request is read under any type that it comes as, and other types are not read", async () => {
  const send = (type: string, profile = "?profile=server") =>
    fetch(`${url}/v1/certificates${profile}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": type },
      body: pemOf(request(host)),
    });
  for (const type of [
    "Application/PKCS10",
    "text/plain; charset=utf-8",
    "application/x-www-form-urlencoded",
  ]) {
    expect([type, (await send(type)).status]).toEqual([type, 201]);
  }
  const before = await written();
  for (const type of ["application/xml", "multipart/form-data; boundary=x", "application/jsonp"]) {
    const response = await send(type);
    expect([type, response.status]).toEqual([type, 415]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect((await response.json()).detail).toMatch(/^A body of the type .+ is not read here; send .+\.$/);
  }
  expect(await written()).toEqual(before);
});

test("a query that is wrong is refused in words of a person", async () => {
  const refusal = async (path: string) => {
    const response = await fetch(url + path, { headers: { Authorization: `Bearer ${reader}` } });
    return { status: response.status, detail: (await response.json()).detail };
  };
  for (const limit of ["many", "0", "1.5", "201", ""]) {
    expect(await refusal(`/v1/certificates?limit=${limit}`)).toEqual({
      status: 400,
      detail: "limit: must be a whole number from 1 to 200.",
    });
  }
  expect(await refusal("/v1/certificates/x/download/exe")).toEqual({
    status: 400,
    detail: "form: must be one of pem, chain, fullchain, der, p7b.",
  });
});

test("the description names every operation, and what goes into and comes out of issuing", async () => {
  const { paths } = await (await fetch(`${url}/v1/openapi.json`)).json();
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods as object));
  const ids = operations.map(({ operationId }) => operationId);
  expect(ids).not.toContain(undefined);
  expect(new Set(ids).size).toBe(ids.length);
  const issue = paths["/v1/certificates"].post;
  expect(issue.parameters.map((each: { name: string }) => each.name)).toEqual(["profile", "lifetimeSeconds"]);
  expect(issue.requestBody.required).toBe(true);
  expect(issue.responses[201].headers).toHaveProperty("Location");
  expect(paths["/v1/certificates/{certificate}/renew"].post.requestBody.required).not.toBe(true);
  for (const path of ["/ca/{authority}.crt", "/trust/{bundle}.pem", "/healthz", "/readyz", "/metrics"]) {
    expect(paths[path].get).toMatchObject({ security: [] });
  }
});

test("an authority near its end shortens the usual lifetime, refuses a longer one, and once expired issues nothing", async () => {
  const id = await createAuthority(installation, admin, {
    name: "Short CA",
    organisation: "",
    keyAlgorithm: "ecdsa-p256",
    days: 2,
    parentId: null,
    purposes: ["server"],
    pathLength: 0,
    permitted: [],
    excluded: [],
  });
  await createProfile(installation, admin, {
    slug: "short",
    name: "Short",
    description: "",
    authorityId: id,
    rules: FIRST_PROFILES[0]?.rules as ProfileRules,
  });
  const order = (through: Issuer, lifetimeSeconds?: number) =>
    issueWithKeyMadeHere(through, admin, {
      profile: "short",
      keyAlgorithm: "ecdsa-p256",
      subject: [],
      names: host,
      lifetimeSeconds,
    });
  expect((await order(issuer)).issued.adjustments).toMatchObject([{ field: "lifetime" }]);
  await expect(order(issuer, 3 * 86_400)).rejects.toMatchObject({
    code: "policyViolation",
    violations: [{ field: "lifetime", rule: "authority.notAfter" }],
  });
  const later = inlineIssuer({
    ...installation,
    clock: fixedClock(addSeconds(installation.clock.now(), 3 * 86_400)),
  });
  await expect(order(later)).rejects.toMatchObject({ code: "expired" });
  await later.close();
});

test("a PKCS#12 of an authority with a wrong password or ten million rounds is refused by name", async () => {
  const openssl = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: "ignore", timeout: 120_000 });
  openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    "k",
    "-out",
    "c",
    "-subj",
    "/CN=Imported",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
  );
  openssl("pkcs12", "-export", "-in", "c", "-inkey", "k", "-passout", "pass:right", "-out", "good.p12");
  openssl(
    "pkcs12",
    "-export",
    "-in",
    "c",
    "-inkey",
    "k",
    "-passout",
    "pass:right",
    "-iter",
    "10000000",
    "-maciter",
    "-out",
    "slow.p12",
  );
  const before = await written();
  const take = (file: string, password: string) =>
    importAuthority(installation, admin, { pkcs12: readFileSync(join(folder, file)), password });
  await expect(take("good.p12", "wrong")).rejects.toMatchObject({
    code: "malformed",
    violations: [{ field: "password" }],
  });
  const began = performance.now();
  await expect(take("slow.p12", "right")).rejects.toMatchObject({
    violations: [{ rule: /iterations|rounds/ }],
  });
  // A hang guard: ten million rounds would take many seconds.
  expect(performance.now() - began).toBeLessThan(5_000);
  const named = { pkcs12: readFileSync(join(folder, "good.p12")), password: "right", name: "a\u202eb" };
  await expect(importAuthority(installation, admin, named)).rejects.toMatchObject({
    code: "malformed",
    violations: [{ field: "name" }],
  });
  expect(await written()).toEqual(before);
}, 120_000);
