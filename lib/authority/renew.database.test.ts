import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest, issueWithKeyMadeHere, previewRenewal } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewFromRequest, renewWithKeyMadeHere, renewWithSameKey } from "#lib/authority/renew.ts";
import type { TokenActor } from "#lib/authorization/actor.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { protocolApplication } from "#lib/protocol/application.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";
import { commonName } from "#lib/x509/name.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** The guarantee of every test here: who may only renew gets nothing for anybody else. */

let installation: TestInstallation;
let issuer: Issuer;
let server: Server;
let url: string;
let renewOnly: string;
const admin = testActor("admin");
const renewer: TokenActor = { kind: "token", id: "t", name: "renewer", scopes: ["certificate:renew"] };

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  renewOnly = (
    await createApiToken(installation, admin, {
      name: "renewer",
      scopes: ["certificate:renew"],
      expiresAt: null,
    })
  ).token;
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

function request(cn: string | null, names: string[], organisation?: string): string {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const attribute = (type: string, value: string) => [{ type, value }];
  return encodePem(
    "CERTIFICATE REQUEST",
    buildCertificateSigningRequest({
      privateKey,
      spki: publicKey.export({ format: "der", type: "spki" }),
      algorithm: "ecdsa-p256",
      subject: [
        ...(organisation === undefined ? [] : [attribute("2.5.4.10", organisation)]),
        ...(cn === null ? [] : [attribute("2.5.4.3", cn)]),
      ],
      names: names.map((value) => ({ type: "dns", value })),
    }),
  );
}

const issue = (name: string) =>
  issueFromRequest(issuer, admin, { profile: "server", csr: request(name, [name]), source: "csr" });
const written = () => installation.database.read.certificate.count();
const refusedNames = { code: "policyViolation", violations: [{ field: "names", rule: "renew.names" }] };

async function renewOverRest(id: string, body: object) {
  const response = await fetch(`${url}/v1/certificates/${id}/renew`, {
    method: "POST",
    headers: { Authorization: `Bearer ${renewOnly}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

test("a token that may only renew gets no certificate for another name", async () => {
  const { id } = await issue("kept.example.test");
  const before = await written();
  const foreign = [
    request("root.example.test", ["root.example.test"]),
    request("kept.example.test", ["kept.example.test", "root.example.test"]),
    request(null, ["root.example.test"]),
    request("root.example.test", []),
    request("root.example.test", ["kept.example.test"]),
  ];
  for (const csr of foreign) {
    await expect(
      renewFromRequest(installation, issuer, renewer, id, { csr, source: "api" }),
    ).rejects.toMatchObject(refusedNames);
    await expect(previewRenewal(installation, renewer, id, { csr })).rejects.toMatchObject(refusedNames);
    const answer = await renewOverRest(id, { csr });
    expect(answer).toMatchObject({ status: 422, body: { violations: refusedNames.violations } });
  }
  expect(await written()).toBe(before);
});

test("a form that names somebody else, or another profile, renews nothing", async () => {
  const { id } = await issue("form.example.test");
  const before = await written();
  const wishes = { keyAlgorithm: "ecdsa-p256" as const, subject: [], names: [] };
  const renew = (stated: object) =>
    renewWithKeyMadeHere(installation, issuer, renewer, id, { ...wishes, ...stated });
  await expect(renew({ names: [{ type: "dns", value: "root.example.test" }] })).rejects.toMatchObject(
    refusedNames,
  );
  await expect(renew({ subject: [[{ type: "2.5.4.3", value: "root" }]] })).rejects.toMatchObject(
    refusedNames,
  );
  await expect(renew({ profile: "client" })).rejects.toMatchObject({
    violations: [{ field: "profile", rule: "renew.profile" }],
  });
  await expect(
    renewFromRequest(installation, issuer, renewer, id, {
      csr: request(null, []),
      source: "browser",
      profile: "client",
    }),
  ).rejects.toMatchObject({ violations: [{ rule: "renew.profile" }] });
  expect(await written()).toBe(before);
});

test("a token that may only renew cannot pass a renewal off as an issuance", async () => {
  const { id } = await issue("guarded.example.test");
  const wishes = { profile: "server", names: [], replacesId: id };
  expect(() =>
    issueFromRequest(issuer, renewer, { ...wishes, csr: request("a", ["a.test"]), source: "api" }),
  ).toThrow(expect.objectContaining({ code: "forbidden" }));
  await expect(
    issueWithKeyMadeHere(issuer, renewer, { ...wishes, keyAlgorithm: "ecdsa-p256", subject: [] }),
  ).rejects.toMatchObject({ code: "forbidden" });
});

test("a renewal takes the key from the request, and profile, subject, names and life from the certificate", async () => {
  for (const csr of [
    request(null, []),
    request("web.example.test", ["WEB.example.test"]),
    // The profile took over no organisation the first time either.
    request("web.example.test", ["web.example.test"], "Example"),
  ]) {
    const old = await issueFromRequest(issuer, admin, {
      profile: "server",
      csr: request("web.example.test", ["web.example.test"]),
      lifetimeSeconds: 7 * 86_400,
      source: "csr",
    });
    const { status, body } = await renewOverRest(old.serial, { csr });
    expect({ status, profile: body.profile }).toEqual({ status: 201, profile: "server" });
    const certificate = parseCertificate(
      Buffer.from(body.certificate.replace(/-----.*-----/g, ""), "base64"),
    );
    expect(commonName(certificate.subject)).toBe("web.example.test");
    expect(certificate.names).toEqual([{ type: "dns", value: "web.example.test" }]);
    expect(certificate.spkiSha256).not.toBe(parseCertificate(old.certificate).spkiSha256);
    const days = (Date.parse(body.notAfter) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(7);
  }
});

test("with the same key, too, a token needs no more than the permission to renew", async () => {
  const old = await issue("same.example.test");
  expect((await renewOverRest(old.id, {})).status).toBe(201);
  await expect(renewWithSameKey(installation, issuer, renewer, old.id)).rejects.toMatchObject({
    code: "conflict",
  });
});

test("a key is not made, and nothing is issued, for a PKCS#12 password that is refused", async () => {
  const { id } = await issue("box.example.test");
  const before = await written();
  const wishes = { keyAlgorithm: "ecdsa-p256" as const, subject: [], profile: "server" };
  const names = [{ type: "dns" as const, value: "box.example.test" }];
  for (const pkcs12Password of ["", "short", "a".repeat(129), "zero\0in-the-middle"]) {
    const refused = { code: "malformed", violations: [{ field: "password", rule: "pkcs12.password" }] };
    await expect(
      issueWithKeyMadeHere(issuer, admin, { ...wishes, names, pkcs12Password }),
    ).rejects.toMatchObject(refused);
    await expect(
      renewWithKeyMadeHere(installation, issuer, admin, id, { ...wishes, names, pkcs12Password }),
    ).rejects.toMatchObject(refused);
  }
  expect(await written()).toBe(before);
});
