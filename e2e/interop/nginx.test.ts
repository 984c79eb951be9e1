import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { curl } from "#e2e/fixtures/curl.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type Nginx, startNginx } from "#e2e/fixtures/nginx.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";

let installation: TestInstallation;
let plane: PlaneProcess;
let folder: string;
let token: string;
let servers: string;
const running: Nginx[] = [];

const file = (name: string) => join(folder, name);
const openssl = (...parameters: string[]) =>
  execFileSync("openssl", parameters, { cwd: folder, stdio: "ignore" });

beforeAll(async () => {
  installation = await testInstallation();
  folder = mkdtempSync(join(tmpdir(), "countersign-interop-"));
  const admin = testActor("admin");
  await foundAuthorities(installation, admin, { organisation: "Example" });
  ({ token } = await createApiToken(installation, admin, {
    name: "interop",
    scopes: ["certificate:issue", "certificate:read"],
    expiresAt: null,
  }));
  plane = await startProtocolPlane(installation.environment);
  // The bundles as an operator downloads them: over http, from the protocol plane.
  for (const bundle of ["servers", "clients"]) {
    const { status, body } = await curl(`${plane.httpUrl}/trust/${bundle}.pem`);
    expect(status).toBe(200);
    writeFileSync(file(`${bundle}.pem`), `${body}\n`);
  }
  servers = file("servers.pem");
});
afterAll(async () => {
  for (const nginx of running) await nginx.stop();
  await plane?.stop();
  await installation?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A key and request by openssl, certified through REST with the real curl. */
async function certify(name: string, profile: string, key: string[], ...request: string[]): Promise<string> {
  openssl("req", "-new", ...key, "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, ...request);
  const { status, body } = await curl(
    "--cacert",
    servers,
    "-H",
    `Authorization: Bearer ${token}`,
    "-H",
    "Content-Type: application/pkcs10",
    "-H",
    "Accept: application/x-pem-file",
    "--data-binary",
    `@${file(`${name}.csr`)}`,
    `https://localhost:${plane.httpsPort}/v1/certificates?profile=${profile}`,
  );
  expect({ status, body }).toMatchObject({ status: 201 });
  writeFileSync(file(`${name}.pem`), `${body}\n`);
  return `${body}\n`;
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const RSA = ["-newkey", "rsa:2048"];
const LOCALHOST = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];

test.each([
  ["ECDSA P-256", EC],
  ["RSA 2048", RSA],
])(
  "nginx with a server certificate from an openssl request (%s) answers 200 to our client and 400 without",
  async (label, key) => {
    const name = label.replaceAll(" ", "-");
    const fullchain = await certify(`server-${name}`, "server", key, ...LOCALHOST);
    await certify(`client-${name}`, "client", key, "-subj", "/CN=caller");
    const nginx = await startNginx({
      fullchain,
      key: readFileSync(file(`server-${name}.key`), "utf8"),
      clients: readFileSync(file("clients.pem"), "utf8"),
    });
    running.push(nginx);
    const asClient = (certificate: string) => [
      "--cert",
      file(`${certificate}.pem`),
      "--key",
      file(`${certificate}.key`),
    ];

    const admitted = await curl("--cacert", servers, ...asClient(`client-${name}`), nginx.url);
    expect(admitted).toMatchObject({ status: 200, body: "CN=caller\n" });
    expect((await curl("--cacert", servers, nginx.url)).status).toBe(400);
    // A server's certificate does not do as a client's: its authority may not issue clients.
    expect((await curl("--cacert", servers, ...asClient(`server-${name}`), nginx.url)).status).toBe(400);
  },
);

test("our own https port answers 200 to our client and 400 without", async () => {
  const uri = "spiffe://example/caller";
  await certify("own", "client", EC, "-subj", "/CN=caller", "-addext", `subjectAltName=URI:${uri}`);
  const url = `https://localhost:${plane.httpsPort}/v1/handshake`;
  const asClient = ["--cert", file("own.pem"), "--key", file("own.key")];
  const admitted = await curl("--cacert", servers, ...asClient, url);
  expect(admitted.status).toBe(200);
  expect(JSON.parse(admitted.body).client).toMatchObject({ subject: "CN=caller", names: [`uri:${uri}`] });
  expect((await curl("--cacert", servers, url)).status).toBe(400);
});

test("a certificate is downloaded in every form, and openssl reads each", async () => {
  await certify("forms", "server", EC, ...LOCALHOST);
  const list = await curl(
    "--cacert",
    servers,
    "-H",
    `Authorization: Bearer ${token}`,
    `https://localhost:${plane.httpsPort}/v1/certificates?limit=1`,
  );
  const [newest] = JSON.parse(list.body).certificates;
  const download = async (form: string) => {
    const output = file(`download.${form}`);
    const { status } = await curl(
      "--cacert",
      servers,
      "-H",
      `Authorization: Bearer ${token}`,
      "-o",
      output,
      `https://localhost:${plane.httpsPort}/v1/certificates/${newest.serial}/download/${form}`,
    );
    expect(status).toBe(200);
    return output;
  };
  openssl("x509", "-in", await download("pem"), "-noout");
  openssl("x509", "-inform", "DER", "-in", await download("der"), "-noout");
  openssl("pkcs7", "-inform", "DER", "-in", await download("p7b"), "-noout");
  openssl(
    "verify",
    "-x509_strict",
    "-CAfile",
    servers,
    "-untrusted",
    await download("chain"),
    await download("fullchain"),
  );
});
