import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { getAuthority } from "#lib/authority/authority-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { openDatabase } from "#lib/database.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { changeBundle, createBundle, deleteBundle } from "#lib/inventory/trust-bundle-change.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { parseCertificates } from "#lib/x509/certificate-reader.ts";
import { testAuthority } from "#lib/x509/testdata/issue.ts";

let installation: TestInstallation;
let issuer: Issuer;
/** The same installation as another process sees it: what is kept in memory is its own. */
let other: TestInstallation;
let application: ReturnType<typeof protocolApplication>;
let foreign: string;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  other = { ...installation, database: openDatabase(installation.config.database) };
  await foundAuthorities(installation, admin, { organisation: "Example" });
  application = protocolApplication({ installation: other, issuer });
  const root = await testAuthority({ subject: "CN=Partner Root\\, -----BEGIN CERTIFICATE-----,O=Partner" });
  [foreign = ""] = await recordForeignCertificates(installation, [root.der]);
});
afterAll(async () => {
  await issuer.close();
  await other.database.close();
  await installation.close();
});

const fetchBundle = (slug: string, headers: Record<string, string> = {}, method = "GET") =>
  application.request(`/trust/${slug}.pem`, { headers, method });

const members = async (slug: string) => {
  const response = await fetchBundle(slug);
  return response.status === 200
    ? parseCertificates(await response.text(), { field: "pem" }).length
    : response.status;
};

test("another instance publishes each change within 250 ms", async () => {
  const { certificateId } = await getAuthority(installation, admin, "example-root-ca");
  expect(await members("edge")).toBe(404);
  const timed = async (change: Promise<unknown>, expected: number) => {
    await change;
    const changed = performance.now();
    expect(await members("edge")).toBe(expected);
    expect(performance.now() - changed).toBeLessThan(2_500);
  };
  const input = { slug: "edge", name: "Edge", description: "", members: [foreign, certificateId] };
  let id = "";
  await timed(
    createBundle(installation, admin, input).then((made) => {
      id = made;
    }),
    2,
  );
  await timed(changeBundle(installation, admin, id, 1, { members: [foreign] }), 1);
  await timed(deleteBundle(installation, admin, id, 2), 404);
});

test("a bundle that is unchanged is not sent again (RFC 9110 §13)", async () => {
  const id = await createBundle(installation, admin, {
    slug: "kept",
    name: "Kept",
    description: "",
    members: [foreign],
  });
  const first = await fetchBundle("kept");
  const etag = first.headers.get("etag") ?? "";
  const modified = first.headers.get("last-modified") ?? "";
  expect(first.headers.get("content-type")).toBe("application/x-pem-file");
  expect(first.headers.get("cache-control")).toBe("public, max-age=300");
  const conditions: Record<string, string>[] = [
    { "If-None-Match": etag },
    { "If-None-Match": `"other", W/${etag}` },
    { "If-Modified-Since": modified },
  ];
  for (const headers of conditions) {
    const again = await fetchBundle("kept", headers);
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect(again.headers.get("etag")).toBe(etag);
  }
  const stale = { "If-None-Match": '"other"', "If-Modified-Since": modified };
  expect((await fetchBundle("kept", stale)).status).toBe(200);
  expect((await fetchBundle("kept", { "If-Modified-Since": "yesterday" })).status).toBe(200);
  const head = await fetchBundle("kept", {}, "HEAD");
  expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, etag, ""]);

  const clients = await fetchBundle("clients");
  const automatic = await fetchBundle("clients", { "If-None-Match": clients.headers.get("etag") ?? "" });
  expect(automatic.status).toBe(304);
  await deleteBundle(installation, admin, id, 1);
});

test("neither a bundle nor an authority takes the other's address", async () => {
  const wanted = { name: "Taken", description: "", members: [foreign] };
  await expect(
    createBundle(installation, admin, { ...wanted, slug: "example-root-ca" }),
  ).rejects.toMatchObject({ code: "conflict", violations: [expect.objectContaining({ field: "slug" })] });
  const id = await createBundle(installation, admin, { ...wanted, slug: "partner-ca" });
  const authorityId = await createAuthority(installation, admin, {
    name: "Partner CA",
    organisation: "",
    keyAlgorithm: "ecdsa-p256",
    days: 100,
    parentId: null,
    purposes: ["client"],
    pathLength: 0,
    permitted: [],
    excluded: [],
  });
  expect((await getAuthority(installation, admin, authorityId)).slug).toBe("partner-ca-2");
  await deleteBundle(installation, admin, id, 1);
});

test("openssl reads what is published, whatever the names in it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-published-"));
  const id = await createBundle(installation, admin, {
    slug: "hostile",
    name: "-----BEGIN CERTIFICATE-----",
    description: "",
    members: [foreign],
  });
  try {
    writeFileSync(join(folder, "bundle.pem"), await (await fetchBundle("hostile")).text());
    const verified = execFileSync("openssl", ["verify", "-CAfile", "bundle.pem", "bundle.pem"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(verified).toContain("OK");
    const listed = execFileSync(
      "sh",
      ["-c", "openssl crl2pkcs7 -nocrl -certfile bundle.pem | openssl pkcs7 -print_certs -noout"],
      { cwd: folder, encoding: "utf8" },
    );
    expect(listed.match(/^subject=/gm)).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await deleteBundle(installation, admin, id, 1);
  }
});

test("the REST interface tells of every bundle and its certificates", async () => {
  const { token } = await createApiToken(installation, admin, {
    name: "reader",
    scopes: ["authority:read"],
    expiresAt: null,
  });
  const get = async (path: string) => {
    // Who calls is written down with the use of the token.
    const bindings = { incoming: { socket: { remoteAddress: "127.0.0.1" } } };
    const headers = { Authorization: `Bearer ${token}` };
    const response = await application.request(path, { headers }, bindings);
    return { status: response.status, body: await response.json() };
  };
  const id = await createBundle(installation, admin, {
    slug: "edge",
    name: "Edge",
    description: "For the edge",
    members: [foreign],
  });
  const { body } = await get("/v1/bundles");
  expect(body.bundles).toMatchObject([
    { slug: "clients", automatic: true, changedAt: null },
    { slug: "servers", automatic: true },
    { slug: "edge", name: "Edge", automatic: false, certificates: 1 },
  ]);
  expect(await get("/v1/bundles/edge")).toMatchObject({
    status: 200,
    body: { slug: "edge", members: [{ id: foreign, root: true, authority: null }] },
  });
  expect((await get("/v1/bundles/clients")).body.members[0]).toMatchObject({
    authority: expect.stringContaining("example-"),
  });
  expect((await get("/v1/bundles/nothing")).status).toBe(404);
  await deleteBundle(installation, admin, id, 1);
});
