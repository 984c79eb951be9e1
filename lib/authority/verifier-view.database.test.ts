import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewOcspResponders } from "#lib/authority/ocsp-responder-credential.ts";
import { OcspTally } from "#lib/authority/ocsp-tally.ts";
import { holdCertificate } from "#lib/authority/revoke.ts";
import { verifierView } from "#lib/authority/verifier-view.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { ocspListener } from "#lib/protocol/ocsp-listener.ts";
import { keyIdentifier } from "#lib/x509/certificate.ts";
import { generateKeyPair, signTbs } from "#lib/x509/key.ts";
import { readOcspRequest } from "#lib/x509/ocsp-request.ts";
import { assembleOcspResponse, encodeResponseData, ocspError } from "#lib/x509/ocsp-response.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

const admin = testActor("admin");
let here: TestInstallation;
let installation: Installation;
let issuer: Issuer;
let server: Server;
let base: string;
let listener: RequestListener;

beforeEach(async () => {
  listener = (_, response) => response.writeHead(404).end();
  server = createServer((request, response) => listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  here = await testInstallation();
  installation = { ...here, config: { ...here.config, protocolUrl: base } };
  issuer = inlineIssuer(installation);
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await issuer.close();
  await here.close();
});

async function issue(profile: string) {
  return issuer.issue({
    profile,
    key: await generateKeyPair("ecdsa-p256"),
    subject: [[{ type: "2.5.4.3", value: "caller" }]],
    names: [{ type: "dns", value: "caller.example" }],
    source: "api",
    actor: admin,
  });
}

/** What each address comes to. */
async function conclusions(authority: string) {
  const { addresses } = await verifierView(installation, testActor("viewer"), authority);
  return Object.fromEntries(
    addresses.map(({ kind, method, conclusion }) => [kind === "ocsp" ? `ocsp ${method}` : kind, conclusion]),
  );
}

const ALL_GOOD = { crl: "good", issuer: "good", "ocsp POST": "good", "ocsp GET": "good" };

test("what this installation publishes is good, for good and for held certificates", async () => {
  const ocsp = ocspListener(installation, new OcspTally());
  const others = getRequestListener(protocolApplication({ installation, issuer }).fetch);
  listener = (request, response) => {
    if (!ocsp(request, response)) void others(request, response);
  };
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const issued = await issue("client");
  await publishDueCrls(installation);
  await renewOcspResponders(installation);
  const authorities = await here.database.read.authority.findMany({ select: { slug: true } });
  expect(authorities.length).toBeGreaterThan(2);
  for (const { slug } of authorities) {
    const view = await verifierView(installation, admin, slug);
    expect(view.addresses.filter(({ verdict }) => verdict !== "good")).toEqual([]);
  }
  const { issuerId } = await here.database.read.certificate.findUniqueOrThrow({ where: { id: issued.id } });
  const view = await verifierView(installation, admin, issuerId ?? "");
  expect(view.addresses).toHaveLength(4);
  for (const { milliseconds, url } of view.addresses) {
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(url.startsWith(base)).toBe(true);
  }
  await holdCertificate(installation, admin, issued.id, { comment: "suspected" });
  await publishDueCrls(installation);
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(await conclusions(issuerId ?? "")).toEqual(ALL_GOOD);
}, 60_000);

test("an authority that issued nothing yet is looked at where its next certificate will point", async () => {
  const root = await testAuthority();
  const id = await importAuthority(installation, admin, own(root));
  const view = await verifierView(installation, admin, id);
  expect(view.certificate).toBeNull();
  expect(view.addresses.map(({ kind, url, conclusion }) => [kind, url, conclusion])).toEqual([
    ["crl", `${base}/crl/test-root.crl`, "http-status"],
    ["issuer", `${base}/ca/test-root.crt`, "http-status"],
  ]);
});

const own = (root: TestIdentity) => ({
  certificate: encodePem("CERTIFICATE", root.der),
  privateKey: root.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
});

interface Reply {
  status?: number;
  type?: string;
  body: Uint8Array | string;
  headers?: Record<string, string>;
}

/** An authority whose key the test has, with a server that answers in its place. */
async function impersonated() {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const root = await testAuthority();
  const id = await importAuthority(installation, admin, own(root));
  await letClientsBeIssuedBy(id);
  await issue("client");
  const number = 1_000n;
  await here.database.write((transaction) =>
    transaction.crlPublication.update({ where: { authorityId: id }, data: { number } }),
  );
  const replies: Record<"crl" | "issuer" | "ocsp", (request: Uint8Array) => Reply> = {
    crl: () => ({ type: "application/pkix-crl", body: testCrl(root, { number }) }),
    issuer: () => ({ type: "application/pkix-cert", body: root.der }),
    ocsp: (request) => ({ type: "application/ocsp-response", body: ocspAnswer(root, request) }),
  };
  listener = (request, response) => {
    const { method = "", url = "" } = request;
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const kind = url.startsWith("/crl/") ? "crl" : url.startsWith("/ca/") ? "issuer" : "ocsp";
      const asked =
        method === "POST"
          ? Buffer.concat(parts)
          : Buffer.from(decodeURIComponent(url.slice("/ocsp/".length)), "base64");
      const { status = 200, type = "text/plain", body, headers = {} } = replies[kind](asked);
      response.writeHead(status, { "Content-Type": type, ...headers }).end(body);
    });
  };
  return { id, root, number, replies };
}

/** Lets the profile of clients issue under another authority. */
async function letClientsBeIssuedBy(authorityId: string) {
  await here.database.write(async (transaction) => {
    await transaction.certificateProfile.updateMany({ where: { slug: "client" }, data: { authorityId } });
    await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
  });
}

type OcspWishes = { signer?: TestIdentity; status?: "good" | "unknown"; age?: number; nonce?: Uint8Array };

function ocspAnswer(root: TestIdentity, request: Uint8Array, wishes: OcspWishes = {}) {
  const { signer = root, status = "good", age = 60 } = wishes;
  const { certIds, nonce } = readOcspRequest(request);
  const thisUpdate = addSeconds(new Date(), -age);
  const tbs = encodeResponseData({
    responderKeyHash: keyIdentifier(root.spki),
    producedAt: thisUpdate,
    responses: certIds.map(({ raw }) => ({
      certId: raw,
      status: { kind: status },
      thisUpdate,
      nextUpdate: addSeconds(thisUpdate, 3_600),
    })),
    nonce: nonce === null ? null : (wishes.nonce ?? nonce),
  });
  return assembleOcspResponse(tbs, signer.algorithm, signTbs(tbs, signer.privateKey, signer.algorithm), []);
}

test("what stands between a client and the CRL is told apart", async () => {
  const { id, root, number, replies } = await impersonated();
  expect(await conclusions(id)).toEqual(ALL_GOOD);
  const usual = replies.crl;
  const now = new Date();
  const cases: [string, () => Reply][] = [
    ["http-status", () => ({ status: 404, body: "no" })],
    ["http-status", () => ({ status: 503, body: "no" })],
    ["not-der", () => ({ type: "text/html", body: "<!DOCTYPE html><title>Sign in</title>" })],
    ["not-der", () => ({ body: encodePem("X509 CRL", testCrl(root, { number })) })],
    ["not-der", () => ({ body: root.der })],
    ["content-type", () => ({ ...usual(new Uint8Array()), type: "text/plain" })],
    [
      "stale",
      () => ({
        ...usual(new Uint8Array()),
        body: testCrl(root, { number: number - 1n }),
        headers: { Age: "9000" },
      }),
    ],
    [
      "other-installation",
      () => ({ ...usual(new Uint8Array()), body: testCrl(root, { number: number + 1n }) }),
    ],
    [
      "expired",
      () => ({
        body: testCrl(root, { thisUpdate: addSeconds(now, -100), nextUpdate: addSeconds(now, -50) }),
      }),
    ],
    ["not-yet-valid", () => ({ body: testCrl(root, { number, thisUpdate: addSeconds(now, 600) }) })],
    ["encoding", () => ({ ...usual(new Uint8Array()), headers: { "Content-Encoding": "gzip" } })],
    ["forbidden", () => ({ status: 302, body: "", headers: { Location: "http://169.254.169.254/" } })],
    ["redirected", () => ({ status: 302, body: "", headers: { Location: "/crl/elsewhere.crl" } })],
  ];
  for (const [conclusion, reply] of cases) {
    let asked = 0;
    replies.crl = (request) => (conclusion === "redirected" && asked++ > 0 ? usual(request) : reply());
    expect([conclusion, await conclusions(id)]).toEqual([conclusion, { ...ALL_GOOD, crl: conclusion }]);
  }
  const stranger = await testAuthority();
  replies.crl = () => ({ body: testCrl(stranger, { number }) });
  expect(await conclusions(id)).toMatchObject({ crl: "wrong-signer" });
  const other = await testAuthority({ subject: "CN=Other" });
  replies.crl = () => ({ body: testCrl(other, { number }) });
  expect(await conclusions(id)).toMatchObject({ crl: "wrong-issuer" });
});

test("what is wrong with the issuer's certificate and the OCSP answers is told apart", async () => {
  const { id, root, replies } = await impersonated();
  const usual = { ...replies };
  replies.issuer = () => ({ body: encodePem("CERTIFICATE", root.der) });
  expect(await conclusions(id)).toEqual({ ...ALL_GOOD, issuer: "not-der" });
  const stranger = await testAuthority();
  replies.issuer = () => ({ type: "application/pkix-cert", body: stranger.der });
  expect(await conclusions(id)).toEqual({ ...ALL_GOOD, issuer: "wrong-issuer" });
  replies.issuer = usual.issuer;
  const type = "application/ocsp-response";
  const both = (conclusion: string) => ({ ...ALL_GOOD, "ocsp POST": conclusion, "ocsp GET": conclusion });
  const answering = (wishes: OcspWishes) => (request: Uint8Array) => ({
    type,
    body: ocspAnswer(root, request, wishes),
  });
  replies.ocsp = answering({ signer: stranger });
  expect(await conclusions(id)).toEqual(both("wrong-signer"));
  replies.ocsp = answering({ status: "unknown" });
  expect(await conclusions(id)).toEqual({ ...both("wrong-status"), "ocsp GET": "stale" });
  replies.ocsp = answering({ age: 7_200 });
  expect(await conclusions(id)).toEqual(both("expired"));
  replies.ocsp = answering({ age: -1_000 });
  expect(await conclusions(id)).toEqual(both("not-yet-valid"));
  replies.ocsp = answering({ nonce: new Uint8Array(32) });
  expect(await conclusions(id)).toEqual({ ...ALL_GOOD, "ocsp POST": "stale" });
  replies.ocsp = () => ({ type, body: ocspError("unauthorized") });
  expect(await conclusions(id)).toEqual(both("responder-error"));
  replies.ocsp = () => ({ type: "text/html", body: "<html>" });
  expect(await conclusions(id)).toEqual(both("not-der"));
});

test("what changes while it is looked at is no fault", async () => {
  const { id, root, number, replies } = await impersonated();
  const publish = (next: bigint) =>
    here.database.write((transaction) =>
      transaction.crlPublication.update({ where: { authorityId: id }, data: { number: next } }),
    );
  const usual = listener;
  replies.crl = () => ({ type: "application/pkix-crl", body: testCrl(root, { number: number + 1n }) });
  // Published between the question and the answer.
  listener = (request, response) => void publish(number + 1n).then(() => usual(request, response));
  expect(await conclusions(id)).toEqual(ALL_GOOD);
  // Published already, and whoever answers learns of it a moment later.
  listener = usual;
  await publish(number + 2n);
  let asked = 0;
  replies.crl = () => ({
    type: "application/pkix-crl",
    body: testCrl(root, { number: number + (asked++ === 0 ? 1n : 2n) }),
  });
  let ocspAsked = 0;
  replies.ocsp = (request) => ({
    type: "application/ocsp-response",
    body: ocspAnswer(root, request, { status: ocspAsked++ < 2 ? "unknown" : "good" }),
  });
  expect(await conclusions(id)).toEqual(ALL_GOOD);
  expect([asked, ocspAsked]).toEqual([2, 4]);
});

test("all who ask for a look at once share one, and two authorities are looked at at once", async () => {
  const { id, replies } = await impersonated();
  const usual = replies.crl;
  let asked = 0;
  replies.crl = (request) => {
    asked++;
    return usual(request);
  };
  // A look lasts until everybody has asked, also while connections to the database are made.
  const prompt = listener;
  listener = (request, response) => void setTimeout(() => prompt(request, response), 1_000);
  const view = (authority: string) => verifierView(installation, admin, authority);
  await Promise.all([id, "test-root", id].map(view));
  expect(asked).toBe(1);
  const authorities = await here.database.read.authority.findMany({ select: { id: true }, take: 3 });
  const looks = await Promise.allSettled(authorities.map((authority) => view(authority.id)));
  const refused = looks.filter(({ status }) => status === "rejected");
  expect(refused).toMatchObject([{ reason: { code: "rateLimited" } }]);
  await view(id);
  expect(asked).toBeGreaterThan(1);
});

test("a port on which nothing listens is told", async () => {
  const { id } = await impersonated();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(Object.values(await conclusions(id))).toEqual(["refused", "refused", "refused", "refused"]);
  const view = await verifierView(installation, admin, id);
  expect(view.addresses.every(({ verdict }) => verdict === "bad")).toBe(true);
});
