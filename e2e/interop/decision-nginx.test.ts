import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type Nginx, startNginxWith } from "#e2e/fixtures/nginx.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { createClient } from "#lib/access/client-change.ts";
import { resumeClient, suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { nginxWithDecision } from "#lib/access/proxy-configuration/nginx-decision.ts";
import { createService } from "#lib/access/service-change.ts";
import { trustBundle } from "#lib/authority/authority-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** A real nginx that asks about each request, with the configuration that is written for it. */

const admin = testActor("admin");
let installation: TestInstallation;
let issuer: Issuer;
let plane: PlaneProcess;
let nginx: Nginx;
let application: Server;
/** What the application behind was told last. */
let told: IncomingHttpHeaders = {};
let clientId: string;
const rubbish: string[] = [];

/** A certificate with the authorities above it and its key, PEM. */
async function made(profile: "server" | "client", name: string) {
  const { issued, privateKey } = await issueWithKeyMadeHere(issuer, admin, {
    profile,
    keyAlgorithm: "ecdsa-p256",
    subject: [],
    names: [{ type: "dns", value: name }],
  });
  const { certificate, chain, id } = issued;
  const cert = [certificate, ...chain].map((each) => encodePem("CERTIFICATE", each)).join("");
  return { id, cert, key: encodePem("PRIVATE KEY", privateKey) };
}

type Made = Awaited<ReturnType<typeof made>>;
let billing: Made;
let stranger: Made;
let ca: string;

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  ca = await trustBundle(installation, "servers");
  [billing, stranger] = [await made("client", "billing.example"), await made("client", "stranger.example")];
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  clientId = await createClient(installation, admin, { name: "Billing" });
  const { sha256 } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: billing.id },
  });
  await addCredential(installation, admin, clientId, { kind: "certificate", sha256: sha256 ?? "" });
  await createGrant(installation, admin, { clientId, serviceId, paths: ["/api"] });
  const { token } = await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem" },
    services: [serviceId],
  });
  plane = await startProtocolPlane(installation.environment);
  application = createServer((incoming, response) => {
    told = incoming.headers;
    response.end("served");
  });
  await new Promise<void>((resolve) => application.listen(0, "127.0.0.1", resolve));
  const served = await made("server", "localhost");
  const folder = mkdtempSync(join(tmpdir(), "countersign-decision-"));
  rubbish.push(folder);
  const files = { servers: join(folder, "servers.pem"), token: join(folder, "token.conf") };
  const parts = nginxWithDecision({
    planes: [`127.0.0.1:${plane.httpsPort}`],
    planeName: "localhost",
    service: "payments",
    token,
    upstream: `127.0.0.1:${(application.address() as AddressInfo).port}`,
    files,
  });
  writeFileSync(files.servers, ca);
  writeFileSync(files.token, parts.token, { mode: 0o600 });
  nginx = await startNginxWith(
    { fullchain: served.cert, key: served.key, clients: await trustBundle(installation, "clients") },
    (place) => `
    ssl_client_certificate ${place}/clients.pem;
    ssl_verify_client optional;
    ssl_verify_depth 3;
    ${parts.server}`,
    { outside: parts.http },
  );
});
afterAll(async () => {
  await nginx?.stop();
  application?.close();
  await plane?.stop();
  await issuer?.close();
  await installation?.close();
  for (const folder of rubbish) rmSync(folder, { recursive: true, force: true });
});

/** Calls the service through nginx. @returns the status, and what the application was told when it was reached */
function call(path: string, client: Made | null, headers: Record<string, string> = {}) {
  told = {};
  return new Promise<{ status: number; told: IncomingHttpHeaders }>((resolve, reject) => {
    const outgoing = request(
      `${nginx.url}${path.slice(1)}`,
      { ca, headers, agent: false, ...(client === null ? {} : { cert: client.cert, key: client.key }) },
      (response) => {
        response.resume();
        response.on("end", () => resolve({ status: response.statusCode ?? 0, told }));
      },
    );
    outgoing.on("error", reject);
    outgoing.end();
  });
}

const FORGED = {
  "X-Countersign-Client-Id": "root",
  "X-Countersign-Client-Name": "root",
  "X-Countersign-Reason": "granted",
  "Client-Cert": ":AAAA:",
  "X-Client-Cert-PEM": "AAAA",
  "X-Forwarded-Client-Cert": "Cert=AAAA",
  "X-Original-URI": "/api",
  Authorization: "Bearer csn_mine",
};

test("nginx lets a client in that is known and granted, and tells the application who it is", async () => {
  const { status, told: headers } = await call("/api/orders?x=1", billing, FORGED);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "x-countersign-client-id": clientId,
    "x-countersign-client-name": "Billing",
    "x-countersign-reason": "granted",
    authorization: "Bearer csn_mine",
  });
  for (const name of ["client-cert", "x-client-cert-pem", "x-forwarded-client-cert"]) {
    expect(headers[name]).toBeUndefined();
  }
});

test("everybody else stays outside, whatever they say of themselves", async () => {
  for (const [path, client] of [
    ["/api", stranger],
    ["/admin", billing],
    ["/api/..%2fadmin", billing],
    ["/api", null],
  ] as const) {
    const { status, told: headers } = await call(path, client, FORGED);
    expect([401, 403]).toContain(status);
    expect(headers).toEqual({});
  }
});

test("a suspension counts within a second, and so does a revocation", async () => {
  const refusedAfter = async () => {
    const began = performance.now();
    await expect
      .poll(async () => (await call("/api", billing)).status, { timeout: 20_000, interval: 20 })
      .toBe(403);
    return performance.now() - began;
  };
  const taken: number[] = [];
  for (let time = 0; time < 5; time++) {
    await suspendClient(installation, admin, clientId);
    taken.push(await refusedAfter());
    await resumeClient(installation, admin, clientId);
    await expect.poll(async () => (await call("/api", billing)).status, { timeout: 20_000 }).toBe(200);
  }
  process.stdout.write(
    `refused ${taken.map((each) => each.toFixed(0)).join(", ")} ms after the suspension\n`,
  );
  await revokeCertificate(installation, admin, billing.id, { reason: "keyCompromise" });
  process.stdout.write(`refused ${(await refusedAfter()).toFixed(0)} ms after the revocation\n`);
});

test("when no plane answers, nobody enters", async () => {
  await plane.kill();
  expect((await call("/api", stranger)).status).toBe(500);
});
