import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { type OcspAnswer, OcspAnswers } from "#lib/authority/ocsp-answer.ts";
import { renewOcspResponders } from "#lib/authority/ocsp-responder-credential.ts";
import { forgetRevocationCounter } from "#lib/authority/revocation-counter.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";
import { openDatabase } from "#lib/database.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { type CertIdHash, encodeCertId } from "#lib/x509/ocsp-cert-id.ts";
import { encodeOcspRequest } from "#lib/x509/ocsp-request-writer.ts";
import { checkOcspAnswer } from "#lib/x509/ocsp-response-check.ts";
import { readOcspResponse } from "#lib/x509/ocsp-response-reader.ts";

const admin = testActor("admin");

let installation: TestInstallation;
let issuer: Issuer;
let answers: OcspAnswers;
/** Goes on from test to test. */
let now = new Date("2026-11-23T12:00:00Z");
const clock: Clock = { now: () => new Date(now) };
/** A key that no authority of ours has. */
let spki: Uint8Array;

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  ({ spki } = await generateKeyPair("ecdsa-p256"));
});
beforeEach(async () => {
  now = addSeconds(now, 60);
  await renewOcspResponders(installation);
  forgetRevocationCounter(installation);
  answers = new OcspAnswers(installation);
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

/** Issues a certificate. @returns its id and the issuer as a CertID names it */
async function issue(profile: "client" | "server" = "client") {
  const issued = await issuer.issue({
    profile,
    key: await generateKeyPair("ecdsa-p256"),
    subject: [[{ type: "2.5.4.3", value: "caller" }]],
    names: [{ type: "dns", value: "caller.example" }],
    source: "api",
    actor: admin,
  });
  const [authority] = issued.chain.map((der) => parseCertificate(der));
  if (authority === undefined) throw new Error("no chain");
  return {
    id: issued.id,
    serial: issued.serial,
    notAfter: issued.notAfter,
    authority: { subject: authority.subjectDer, spki: authority.spki },
  };
}

type Asked = Awaited<ReturnType<typeof issue>>;
const certId = ({ authority, serial }: Asked, hash: CertIdHash = "sha1") =>
  encodeCertId(authority, serial, hash);

async function ask(certIds: Uint8Array[], nonce: Uint8Array | null = null, of = answers) {
  return reading(await of.answer(encodeOcspRequest(certIds, nonce)));
}

function reading({ octets, ...rest }: OcspAnswer) {
  const read = readOcspResponse(octets);
  return { ...rest, octets, read, answer: read.status === "successful" ? read.answer : null };
}

/** What is said of one certificate, by somebody who checks who says it. */
async function statusOf(asked: Asked, of = answers) {
  const { answer } = await ask([certId(asked)], null, of);
  if (answer === null) throw new Error("no answer");
  expect(checkOcspAnswer(answer, asked.authority, now)).toMatchObject({ isTrusted: true });
  return answer.responses[0]?.status;
}

/** What others see of a change: they ask for the counter every 200 ms. */
const seenByOthers = () => new Promise((resolve) => setTimeout(resolve, 250));

test("good, held, released, revoked: each is answered at once and with a valid delegate", async () => {
  const asked = await issue();
  expect(await statusOf(asked)).toEqual({ kind: "good" });
  now = addSeconds(now, 60);
  await holdCertificate(installation, admin, asked.id, { comment: "lost laptop" });
  expect(await statusOf(asked)).toEqual({ kind: "revoked", at: now, reason: "certificateHold" });
  now = addSeconds(now, 60);
  await releaseCertificate(installation, admin, asked.id, { comment: "found" });
  expect(await statusOf(asked)).toEqual({ kind: "good" });
  now = addSeconds(now, 60);
  await revokeCertificate(installation, admin, asked.id, { reason: "keyCompromise", comment: "" });
  expect(await statusOf(asked)).toEqual({ kind: "revoked", at: now, reason: "keyCompromise" });
});

test("a revocation by another process is answered within a second", async () => {
  const asked = await issue();
  const other = new OcspAnswers({ ...installation, database: openDatabase(installation.config.database) });
  expect(await statusOf(asked, other)).toEqual({ kind: "good" });
  await revokeCertificate(installation, admin, asked.id, { reason: "superseded", comment: "" });
  await seenByOthers();
  expect(await statusOf(asked, other)).toMatchObject({ kind: "revoked", reason: "superseded" });
});

test("a serial number that was never issued, or whose issuance was given up, is unknown (RFC 6960 §2.2)", async () => {
  const asked = await issue();
  expect(await statusOf({ ...asked, serial: "0badcafe" })).toEqual({ kind: "unknown" });
  for (const status of ["reserved", "abandoned"]) {
    await installation.database.write((transaction) =>
      transaction.certificate.update({ where: { id: asked.id }, data: { status } }),
    );
    expect(await statusOf(asked)).toEqual({ kind: "unknown" });
  }
  // Nobody tells that an issuance is recorded, so what was unknown is never kept.
  await installation.database.write((transaction) =>
    transaction.certificate.update({ where: { id: asked.id }, data: { status: "issued" } }),
  );
  expect(await statusOf(asked)).toEqual({ kind: "good" });
});

test("an expired certificate is answered about for as long as it is known", async () => {
  const asked = await issue();
  await revokeCertificate(installation, admin, asked.id, { reason: "keyCompromise", comment: "" });
  const revokedAt = now;
  now = addSeconds(asked.notAfter, 86_400);
  await renewOcspResponders(installation);
  expect(await statusOf(asked)).toEqual({ kind: "revoked", at: revokedAt, reason: "keyCompromise" });
});

test("an authority's own certificate is answered about by the one above, and a root's by itself", async () => {
  const asked = await issue();
  const row = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: asked.id },
    include: { issuer: { include: { certificate: true, parent: { include: { certificate: true } } } } },
  });
  const root = parseCertificate(row.issuer?.parent?.certificate.body ?? new Uint8Array());
  const above = { ...asked, authority: { subject: root.subjectDer, spki: root.spki } };
  expect(await statusOf({ ...above, serial: row.issuer?.certificate.serial ?? "" })).toEqual({
    kind: "good",
  });
  expect(await statusOf({ ...above, serial: root.serialNumber })).toEqual({ kind: "good" });
});

test.each(["sha1", "sha256", "sha384", "sha512"] as const)(
  "a CertID by %s is understood and repeated octet by octet",
  async (hash) => {
    const asked = await issue();
    const wanted = certId(asked, hash);
    const { answer } = await ask([wanted]);
    expect(answer?.responses[0]?.status).toEqual({ kind: "good" });
    expect(Buffer.from(answer?.responses[0]?.certId.raw ?? []).equals(wanted)).toBe(true);
  },
);

test("several certificates in one request are answered one by one, in its order", async () => {
  const [one, two] = [await issue(), await issue()];
  await revokeCertificate(installation, admin, two.id, { reason: "superseded", comment: "" });
  const { answer } = await ask([
    certId(two, "sha256"),
    certId(one),
    certId({ ...one, serial: "1234" }),
    certId(two),
  ]);
  expect(answer?.responses.map(({ status }) => status.kind)).toEqual([
    "revoked",
    "good",
    "unknown",
    "revoked",
  ]);
  expect(checkOcspAnswer(answer as never, one.authority, now)).toMatchObject({ isTrusted: true });
});

test("whoever asks for nobody of ours is told that we are not the one to ask", async () => {
  const asked = await issue();
  const foreign = { ...asked, authority: { ...asked.authority, spki } };
  expect((await ask([certId(foreign)])).read).toEqual({ status: "unauthorized" });
  // The key of one, the name of another.
  const server = await issue("server");
  const mixed = { ...asked, authority: { subject: server.authority.subject, spki: asked.authority.spki } };
  expect((await ask([certId(mixed)])).read).toEqual({ status: "unauthorized" });
});

test("a responder says nothing of certificates that are not its issuer's, in whatever company (§4.2.2.2)", async () => {
  const [client, server] = [await issue("client"), await issue("server")];
  const foreign = { ...client, authority: { ...client.authority, spki } };
  const { answer } = await ask([certId(foreign), certId(client), certId(server)]);
  expect(answer?.responses.map(({ status }) => status.kind)).toEqual(["unknown", "good", "unknown"]);
  expect(checkOcspAnswer(answer as never, client.authority, now)).toMatchObject({ isTrusted: true });
});

test.each([1, 16, 32, 128])(
  "a nonce of %i octets is echoed, and never twice the same answer",
  async (size) => {
    const asked = await issue();
    const nonce = randomBytes(size);
    const first = await ask([certId(asked)], nonce);
    expect(Buffer.from(first.answer?.nonce ?? []).equals(nonce)).toBe(true);
    expect(first.caching).toBeNull();
    expect((await ask([certId(asked)])).answer?.nonce).toBeNull();
  },
);

test("a nonce that RFC 9654 forbids, and bytes that are no request, are malformed", async () => {
  const asked = await issue();
  for (const size of [0, 129]) {
    expect((await ask([certId(asked)], randomBytes(size))).read).toEqual({ status: "malformedRequest" });
  }
  for (const octets of [new Uint8Array(0), randomBytes(83), new Uint8Array(9000)]) {
    expect(reading(await answers.answer(octets)).read).toEqual({ status: "malformedRequest" });
  }
});

test("an answer is signed once and kept for half of its life, with what else was in the request", async () => {
  const asked = await issue();
  const first = await ask([certId(asked)]);
  expect(first.answer?.producedAt).toEqual(now);
  expect(first.answer?.responses[0]?.thisUpdate).toEqual(now);
  expect(first.answer?.responses[0]?.nextUpdate).toEqual(addSeconds(now, 3600));
  const request = Buffer.from(encodeOcspRequest([certId(asked)], null)).toString("latin1");
  now = addSeconds(now, 1799);
  expect(answers.fromMemory(request)?.octets).toBe(first.octets);
  expect((await ask([certId(asked)])).octets).toBe(first.octets);
  now = addSeconds(now, 1);
  expect(answers.fromMemory(request)).toBeNull();
  const second = await ask([certId(asked)]);
  expect(second.answer?.producedAt).toEqual(now);
});

test("a revocation costs the answers about others no new signature", async () => {
  const [one, two] = [await issue(), await issue()];
  const [before] = [await ask([certId(one)]), await ask([certId(two)])];
  await revokeCertificate(installation, admin, two.id, { reason: "superseded", comment: "" });
  now = addSeconds(now, 1);
  expect((await ask([certId(one)])).octets).toBe(before.octets);
  expect(await statusOf(two)).toMatchObject({ kind: "revoked" });
});

test("a renewed responder signs from then on, also what was kept", async () => {
  const asked = await issue();
  const before = await ask([certId(asked)]);
  now = addSeconds(now, 3.5 * 86_400);
  await renewOcspResponders(installation);
  forgetRevocationCounter(installation);
  const after = await ask([certId(asked)]);
  expect(after.answer?.certificates).not.toEqual(before.answer?.certificates);
  expect(await statusOf(asked)).toEqual({ kind: "good" });
});

test("no answer outlives the certificate of its responder", async () => {
  const asked = await issue();
  const { notAfter } = await installation.database.read.ocspResponder.findFirstOrThrow({
    where: { authority: { issued: { some: { id: asked.id } } } },
  });
  now = addSeconds(notAfter, -600);
  const { answer } = await ask([certId(asked)]);
  expect(answer?.responses[0]?.nextUpdate).toEqual(notAfter);
  now = addSeconds(notAfter, 1);
  expect((await ask([certId(asked)])).read).toEqual({ status: "tryLater" });
});

test("a new authority is answered for as soon as it has a responder, and until then later", async () => {
  const id = await createAuthority(installation, admin, {
    name: "Second root",
    organisation: "",
    keyAlgorithm: "ecdsa-p384",
    days: 3650,
    parentId: null,
    purposes: ["client"],
    pathLength: null,
    permitted: [],
    excluded: [],
  });
  const { body } = await installation.database.read.certificate.findFirstOrThrow({
    where: { authorities: { some: { id } } },
  });
  const root = parseCertificate(body);
  const asked = {
    ...(await issue()),
    serial: root.serialNumber,
    authority: { subject: root.subjectDer, spki: root.spki },
  };
  const fresh = new OcspAnswers(installation);
  expect((await ask([certId(asked)], null, fresh)).read).toEqual({ status: "tryLater" });
  await renewOcspResponders(installation);
  await seenByOthers();
  expect(await statusOf(asked, fresh)).toEqual({ kind: "good" });
});

test("while the database is away kept answers go on as long as they are valid, others are for later", async () => {
  const [one, two] = [await issue(), await issue()];
  let isAway = false;
  const read = new Proxy(installation.database.read, {
    get(target, name, receiver) {
      if (isAway) throw Object.assign(new Error("gone"), { code: "P1001" });
      return Reflect.get(target, name, receiver);
    },
  });
  const other = new OcspAnswers({ ...installation, database: { ...installation.database, read } });
  const before = await ask([certId(one)], null, other);
  isAway = true;
  await seenByOthers();
  expect((await ask([certId(one)], null, other)).octets).toBe(before.octets);
  expect((await ask([certId(two)], null, other)).read).toEqual({ status: "tryLater" });
  expect((await ask([certId(one)], randomBytes(16), other)).read).toEqual({ status: "tryLater" });
  now = addSeconds(now, 3600);
  expect((await ask([certId(one)], null, other)).read).toEqual({ status: "tryLater" });
  isAway = false;
  await new Promise((resolve) => setTimeout(resolve, 550));
  expect(await statusOf(one, other)).toEqual({ kind: "good" });
});

test("what this process revoked is never good again, however slow the database is", async () => {
  const [one, two] = [await issue(), await issue()];
  let release = () => {};
  let slow = Promise.resolve();
  const read = new Proxy(installation.database.read, {
    get(target, name, receiver) {
      if (name !== "ground") return Reflect.get(target, name, receiver);
      return {
        findUniqueOrThrow: async (query: Parameters<typeof target.ground.findUniqueOrThrow>[0]) => {
          const found = await target.ground.findUniqueOrThrow(query);
          await slow;
          return found;
        },
      };
    },
  });
  const here = { ...installation, database: { ...installation.database, read } };
  const answering = new OcspAnswers(here);
  expect(await statusOf(one, answering)).toEqual({ kind: "good" });
  const kept = await ask([certId(two)], null, answering);
  slow = new Promise((resolve) => {
    release = resolve;
  });
  await seenByOthers();
  // Asked before the change, and answered after it.
  const early = ask([certId(one)], null, answering);
  const other = ask([certId(two)], null, answering);
  await revokeCertificate(here, admin, one.id, { reason: "keyCompromise", comment: "" });
  const after = ask([certId(one)], null, answering);
  expect((await other).read).toEqual({ status: "tryLater" });
  for (const answer of [await early, await after]) expect(answer.read).toEqual({ status: "tryLater" });
  release();
  slow = Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 550));
  forgetRevocationCounter(here);
  expect(await statusOf(one, answering)).toMatchObject({ kind: "revoked", reason: "keyCompromise" });
  expect((await ask([certId(two)], null, answering)).octets).toBe(kept.octets);
});

test("many who ask for many at once get each their own", async () => {
  const all = await Promise.all(Array.from({ length: 70 }, () => issue()));
  await revokeCertificate(installation, admin, all[3]?.id ?? "", { reason: "superseded", comment: "" });
  const statuses = await Promise.all(
    all.map(async (asked) => (await ask([certId(asked)], randomBytes(8))).answer),
  );
  expect(statuses.map((answer) => answer?.responses[0]?.status.kind)).toEqual(
    all.map((_, index) => (index === 3 ? "revoked" : "good")),
  );
  expect(statuses.map((answer) => answer?.responses[0]?.certId.serial)).toEqual(
    all.map(({ serial }) => serial),
  );
});
