import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { fillRevocations } from "#e2e/fixtures/many-revocations.ts";
import { getAuthority } from "#lib/authority/authority-read.ts";
import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import { uploadCrl } from "#lib/authority/crl-source-upload.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { openDatabase } from "#lib/database.ts";
import { createBundle } from "#lib/inventory/trust-bundle-change.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

let installation: TestInstallation;
let issuer: Issuer;
let application: ReturnType<typeof protocolApplication>;
let folder: string;
let partner: TestIdentity;
let now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
const admin = testActor("admin");
const SERVERS = "/crl/example-server-ca.crl";
const HOUR = 3_600;

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  folder = mkdtempSync(join(tmpdir(), "countersign-crl-"));
  application = protocolApplication({ installation, issuer });
  await foundAuthorities(installation, admin, { organisation: "Example" });
  partner = await testAuthority({ subject: "CN=Partner Root" });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await issuer.close();
  await installation.close();
});

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  application.request(path, { headers, method });
const octets = async (response: Response) => Buffer.from(await response.arrayBuffer());
const readiness = async () => {
  const response = await get("/readyz");
  return { status: response.status, ...(await response.json()) };
};
const figure = async (name: string) => {
  const text = await (await get("/metrics")).text();
  return new RegExp(`^countersign_crl_${name}\\{authority="example-server-ca"\\} (.*)$`, "m").exec(text)?.[1];
};

test("before the first CRL there is 503 and /readyz says which are missing, yet it is ready", async () => {
  for (const path of [SERVERS, "/crl/example-server-ca.pem", "/crl/servers.pem"]) {
    const response = await get(path);
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("cache-control")).toBe("no-store");
  }
  expect((await (await get("/crl/servers.pem")).json()).detail).toContain("the CRL of example-server-ca");
  const { status, ready, checks } = await readiness();
  expect([status, ready]).toEqual([200, true]);
  expect(checks.crl).toContain("the CRL of example-server-ca is missing");
  expect(await figure("stale")).toBe("1");
  expect(await figure("number")).toBeUndefined();
});

test("the CRL is served in DER with what caches need, and told to be in order", async () => {
  const { id } = await getAuthority(installation, admin, "example-server-ca");
  await fillRevocations(installation.config.database, id, 100, now);
  await publishDueCrls(installation);
  const response = await get(SERVERS);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/pkix-crl");
  expect(response.headers.get("cache-control")).toBe("public, max-age=60, must-revalidate");
  expect(response.headers.get("last-modified")).toBe(now.toUTCString());
  expect(response.headers.get("vary")).toBe("Accept-Encoding");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  const body = await octets(response);
  const crl = readCrl(body);
  expect([...crl.entries()]).toHaveLength(100);
  expect(response.headers.get("content-length")).toBe(String(body.length));
  expect((await readiness()).checks.crl).toBe("ok");
  expect(await figure("number")).toBe(String(crl.number));
  expect(await figure("entries")).toBe("100");
  expect(await figure("size_bytes")).toBe(String(body.length));
  expect(await figure("this_update_seconds")).toBe(String(now.getTime() / 1000 - 60));
  expect(await figure("next_update_seconds")).toBe(String(now.getTime() / 1000 + 72 * HOUR));
  expect(await figure("stale")).toBe("0");
  const head = await get(SERVERS, {}, "HEAD");
  expect([head.status, head.headers.get("content-length"), (await octets(head)).length]).toEqual([
    200,
    String(body.length),
    0,
  ]);
  expect((await get(SERVERS, {}, "POST")).status).toBe(405);
  expect((await get("/crl/nobody.crl")).status).toBe(404);
  expect((await get("/crl/example-server-ca")).status).toBe(404);
  expect((await get("/crl/nobody.pem")).status).toBe(404);
  expect((await get("/crl/%00.crl")).status).toBe(404);
});

test("whoever has it is not sent it again, whoever takes gzip gets it compressed (RFC 9110 §13, §12.5.3)", async () => {
  const whole = await get(SERVERS);
  const etag = whole.headers.get("etag") ?? "";
  const modified = whole.headers.get("last-modified") ?? "";
  const conditions: Record<string, string>[] = [{ "If-None-Match": etag }, { "If-Modified-Since": modified }];
  for (const headers of conditions) {
    const again = await get(SERVERS, headers);
    expect([again.status, (await octets(again)).length]).toEqual([304, 0]);
    expect(again.headers.get("cache-control")).toContain("must-revalidate");
  }
  // Made by a clock that was ahead, and set right since: the list that is there now is newer all the same.
  const ahead = new Date(Date.parse(modified) + 3_600_000).toUTCString();
  expect((await get(SERVERS, { "If-Modified-Since": ahead })).status).toBe(200);
  const gzip = { "Accept-Encoding": "gzip, br" };
  const compressed = await get(SERVERS, gzip);
  expect(compressed.headers.get("content-encoding")).toBe("gzip");
  const tag = compressed.headers.get("etag") ?? "";
  expect(tag).not.toBe(etag);
  const body = await octets(compressed);
  expect(compressed.headers.get("content-length")).toBe(String(body.length));
  expect(gunzipSync(body).equals(await octets(whole))).toBe(true);
  expect((await get(SERVERS, { ...gzip, "If-None-Match": tag })).status).toBe(304);
  expect((await get(SERVERS, { ...gzip, "If-None-Match": etag })).status).toBe(200);
});

test("a part is sent of the list that the caller has begun to fetch, and of no other (RFC 9110 §14)", async () => {
  const whole = await get(SERVERS);
  const etag = whole.headers.get("etag") ?? "";
  const body = await octets(whole);
  const part = await get(SERVERS, { Range: "bytes=100-199", "Accept-Encoding": "gzip", "If-Range": etag });
  expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 100-199/${body.length}`]);
  expect((await octets(part)).equals(body.subarray(100, 200))).toBe(true);
  expect(part.headers.get("content-encoding")).toBeNull();
  expect((await octets(await get(SERVERS, { Range: "bytes=-10" }))).equals(body.subarray(-10))).toBe(true);
  const beyond = await get(SERVERS, { Range: `bytes=${body.length}-` });
  expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${body.length}`]);
  expect((await get(SERVERS, { Range: "bytes=0-9", "If-Range": '"other"' })).status).toBe(200);
});

test("a bundle has the CRL of every authority up to the root, so that openssl verifies all", async () => {
  const id = await issueNamed(issuer, admin, "revoked.example.test");
  const { body } = await installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
  writeFileSync(join(folder, "leaf.pem"), encodePem("CERTIFICATE", body));
  writeFileSync(join(folder, "trust.pem"), await (await get("/trust/servers.pem")).text());
  const verify = async () => {
    const response = await get("/crl/servers.pem");
    expect(response.status).toBe(200);
    writeFileSync(join(folder, "crl.pem"), await response.text());
    const parameters = "-crl_check_all -CAfile trust.pem -CRLfile crl.pem leaf.pem";
    return execFileSync("sh", ["-c", `openssl verify ${parameters} 2>&1 || true`], {
      cwd: folder,
      encoding: "utf8",
    });
  };
  expect(await verify()).toContain("leaf.pem: OK");
  const before = await get("/crl/servers.pem");
  const numbers = before.headers.get("x-countersign-crl-numbers") ?? "";
  for (const slug of ["example-root-ca", "example-server-ca", "example-workload-ca"]) {
    expect(numbers).toMatch(new RegExp(`(^|, )${slug}=\\d+`));
  }
  const tag = before.headers.get("etag") ?? "";
  expect((await get("/crl/servers.pem", { "If-None-Match": tag })).status).toBe(304);
  // An older list may join it or take the place of another: the newest one's time says nothing.
  expect(before.headers.get("last-modified")).toBeNull();
  const modified = (await get(SERVERS)).headers.get("last-modified") ?? "";
  expect((await get("/crl/servers.pem", { "If-Modified-Since": modified })).status).toBe(200);

  await revokeCertificate(installation, admin, id, { reason: "keyCompromise", comment: "" });
  now = addSeconds(now, 10);
  await publishDueCrls(installation);
  expect((await get("/crl/servers.pem", { "If-None-Match": tag })).status).toBe(200);
  expect(await verify()).toContain("certificate revoked");
  // One authority's chain: its own list and that of the root.
  const chain = await get("/crl/example-client-ca.pem");
  expect((await chain.text()).match(/BEGIN X509 CRL/g)).toHaveLength(2);
});

test("a bundle with an authority of others needs that one's CRL, and says so while it is missing", async () => {
  const [foreign = ""] = await recordForeignCertificates(installation, [partner.der]);
  const { certificateId } = await getAuthority(installation, admin, "example-root-ca");
  const members = [foreign, certificateId];
  await createBundle(installation, admin, { slug: "edge", name: "Edge", description: "", members });
  const missing = await get("/crl/edge.pem");
  expect(missing.status).toBe(503);
  expect((await missing.json()).detail).toContain(
    "the CRL of CN=Partner Root is neither uploaded nor followed",
  );
  const upload = testCrl(partner, { thisUpdate: now, nextUpdate: addSeconds(now, HOUR), number: 7n });
  await uploadCrl(installation, admin, { content: stream(upload), declaredBytes: upload.length });
  const complete = await get("/crl/edge.pem");
  expect(complete.status).toBe(200);
  expect(complete.headers.get("x-countersign-crl-numbers")).toMatch(/foreign-\w+=7(,|$)/);
  expect(complete.headers.get("cache-control")).toContain("max-age=60");
  expect((await complete.text()).match(/BEGIN X509 CRL/g)).toHaveLength(2);
  now = addSeconds(now, HOUR);
  expect((await (await get("/crl/edge.pem")).json()).detail).toContain(
    "the CRL of CN=Partner Root expired at",
  );
});

test("an authority that has ended takes no CRL away from the others of its bundle", async () => {
  const notAfter = addSeconds(now, 60);
  const old = await testAuthority({ subject: "CN=Old", notAfter });
  const [ended = ""] = await recordForeignCertificates(installation, [old.der]);
  const { certificateId } = await getAuthority(installation, admin, "example-root-ca");
  await createBundle(installation, admin, {
    slug: "aged",
    name: "Aged",
    description: "",
    members: [ended, certificateId],
  });
  await createBundle(installation, admin, { slug: "over", name: "Over", description: "", members: [ended] });
  expect((await (await get("/crl/aged.pem")).json()).detail).toContain("the CRL of CN=Old is neither");
  now = notAfter;
  const response = await get("/crl/aged.pem");
  expect(response.status).toBe(200);
  expect((await response.text()).match(/BEGIN X509 CRL/g)).toHaveLength(1);
  expect((await get("/crl/over.pem")).status).toBe(503);
});

async function* stream(content: Uint8Array) {
  yield content;
}

test("close to its end a list is cached no longer than that, and past it it is served to nobody", async () => {
  const nextUpdate = readCrl(await octets(await get(SERVERS))).nextUpdate ?? now;
  const etag = (await get(SERVERS)).headers.get("etag") ?? "";
  now = addSeconds(nextUpdate, -36 * HOUR - 30);
  expect((await get(SERVERS)).headers.get("cache-control")).toContain("max-age=30,");
  now = addSeconds(nextUpdate, -1);
  expect((await get(SERVERS)).headers.get("cache-control")).toContain("max-age=0,");
  expect((await readiness()).checks.crl).toContain("the CRL of example-server-ca is late");
  expect(await figure("stale")).toBe("1");
  now = nextUpdate;
  expect((await get(SERVERS)).status).toBe(503);
  expect((await get(SERVERS, { "If-None-Match": etag })).status).toBe(503);
  expect((await (await get("/crl/servers.pem")).json()).detail).toContain("expired at");
  const { ready, checks } = await readiness();
  expect(ready).toBe(true);
  expect(checks.crl).toContain("the CRL of example-server-ca expired");
  await publishDueCrls(installation);
  expect((await get(SERVERS)).status).toBe(200);
});

test("a list whose bytes are not those that were signed is not served", async () => {
  const { id } = await getAuthority(installation, admin, "example-workload-ca");
  const { crlId } = await installation.database.read.crlPublication.findUniqueOrThrow({
    where: { authorityId: id },
  });
  await installation.database.write((transaction) =>
    transaction.crlPart.updateMany({ where: { crlId: crlId ?? "" }, data: { body: Buffer.from("altered") } }),
  );
  // Another process, that has never read it.
  const other = { ...installation, database: openDatabase(installation.config.database) };
  const elsewhere = protocolApplication({ installation: other, issuer });
  expect((await elsewhere.request("/crl/example-workload-ca.crl")).status).toBe(503);
  expect((await elsewhere.request(SERVERS)).status).toBe(200);
  await other.database.close();
});
