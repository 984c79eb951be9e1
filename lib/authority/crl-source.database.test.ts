import { afterEach, beforeEach, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import { applyCrlSource } from "#lib/authority/crl-source-apply.ts";
import {
  changeCrlSource,
  createCrlSource,
  deleteCrlSource,
  finishCrlSourceDeletions,
} from "#lib/authority/crl-source-change.ts";
import { crlIssuerChoices, distributionPointsSeen } from "#lib/authority/crl-source-issuer.ts";
import { BEING_DELETED, crlSource, crlSources } from "#lib/authority/crl-source-read.ts";
import { uploadCrl } from "#lib/authority/crl-source-upload.ts";
import { issuersWithoutCrl } from "#lib/authority/issuers-without-crl.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import type { Database } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { EVERY_CERTIFICATE } from "#lib/inventory/certificate-filter.ts";
import { listCertificates } from "#lib/inventory/certificate-list.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { type TestCrlWishes, testCrl } from "#lib/x509/testdata/revoke.ts";

const operator = testActor("operator");
let here: TestInstallation;
let offset = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offset) };

beforeEach(async () => {
  offset = 0;
  here = await testInstallation(clock);
});
afterEach(() => here.close());

const serialOf = ({ der }: { der: Uint8Array }) => readForeignCertificate(der).serialNumber;

async function* stream(octets: Uint8Array) {
  for (let at = 0; at < octets.length; at += 100) yield octets.subarray(at, at + 100);
}

const upload = (octets: Uint8Array, sourceId?: string) =>
  uploadCrl(here, operator, { content: stream(octets), declaredBytes: octets.length, sourceId });

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "accepted",
    (error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
      return `${error.code} ${error.violations[0]?.rule ?? ""}`.trim();
    },
  );

const stateOf = async (id: string) =>
  (
    await here.database.read.certificate.findUniqueOrThrow({
      where: { id },
      select: { cohort: { select: { state: true } } },
    })
  ).cohort?.state;

/** A foreign root with leaves, all in the inventory. */
async function foreign(leaves: number) {
  const root = await testAuthority();
  const made: TestIdentity[] = [];
  for (let number = 0; number < leaves; number++) {
    made.push(
      await testLeaf(root, {
        subject: `CN=partner-${number}`,
        extensions: { crlDistributionPoints: [`http://crl.partner.example/${number % 2}.crl`] },
      }),
    );
  }
  const [rootId = "", ...ids] = await recordForeignCertificates(here, [
    root.der,
    ...made.map(({ der }) => der),
  ]);
  return { root, rootId, leaves: made, ids };
}

test("certificates on an uploaded CRL become revoked or held, and come back", async () => {
  const { root, leaves, ids } = await foreign(3);
  const [one, two] = leaves.map(serialOf) as [string, string];
  const revokedAt = new Date("2026-01-02T03:04:05Z");
  const invalidAt = new Date("2025-12-31T00:00:00Z");
  const first = await upload(
    testCrl(root, {
      number: 7n,
      entries: [
        { serial: one, reason: "keyCompromise", revokedAt, invalidAt },
        { serial: two, reason: "certificateHold" },
        { serial: "4711" },
      ],
    }),
  );
  expect(first).toMatchObject({
    created: true,
    unchanged: false,
    number: 7n,
    entries: 3,
    warnings: [],
    applied: { revoked: 1, held: 1, restored: 0 },
  });
  expect(await Promise.all(ids.map(stateOf))).toEqual(["revoked", "held", "active"]);
  expect(
    await here.database.read.revocation.findUnique({ where: { certificateId: ids[0] ?? "" } }),
  ).toMatchObject({
    issuerId: null,
    serial: one,
    reason: "keyCompromise",
    revokedAt,
    invalidAt,
    sourceId: first.sourceId,
    change: 0,
  });
  expect(await crlSources(here, testActor("viewer"))).toMatchObject([
    { id: first.sourceId, name: "Test Root", state: "ok", number: 7n, entries: 3, revocations: 2 },
  ]);

  const second = await upload(
    testCrl(root, { number: 8n, entries: [{ serial: one, reason: "superseded", revokedAt }] }),
  );
  expect(second).toMatchObject({ created: false, applied: { revoked: 1, held: 0, restored: 1 } });
  expect(await Promise.all(ids.map(stateOf))).toEqual(["revoked", "active", "active"]);
  const actions = await here.database.read.auditEvent.findMany({
    where: { action: { startsWith: "certificate.found-" } },
    orderBy: { sequence: "asc" },
  });
  const actionsOf = (name: string) =>
    actions.filter(({ objectName }) => objectName === name).map(({ action }) => action);
  expect(actionsOf("partner-0")).toEqual(["certificate.found-revoked", "certificate.found-revoked"]);
  expect(actionsOf("partner-1")).toEqual(["certificate.found-held", "certificate.found-restored"]);
  const check = verifyChain(here, testActor("auditor"));
  let step = await check.next();
  while (!step.done) step = await check.next();
  expect(step.value).toMatchObject({ fault: null });
  // Only what is current is kept.
  expect(await here.database.read.crl.count()).toBe(1);
});

test("a list finds what is revoked", async () => {
  const { root, leaves } = await foreign(2);
  await upload(testCrl(root, { entries: leaves.slice(0, 1).map((leaf) => ({ serial: serialOf(leaf) })) }));
  const filter = { ...EVERY_CERTIFICATE, status: ["revoked" as const] };
  const { certificates } = await listCertificates(here, operator, { filter });
  expect(certificates.map(({ displayName }) => displayName)).toEqual(["partner-0"]);
});

test("PEM is read as well, and the same CRL again changes nothing", async () => {
  const { root } = await foreign(0);
  const der = testCrl(root, { number: 3n });
  expect(await upload(new TextEncoder().encode(`text\n${encodePem("X509 CRL", der)}`))).toMatchObject({
    unchanged: false,
  });
  expect(await upload(der)).toMatchObject({ unchanged: true, entries: 0 });
});

test("an old CRL never takes the place of a newer one", async () => {
  const { root } = await foreign(0);
  await upload(testCrl(root, { number: 10n }));
  const later: TestCrlWishes = { number: 9n, thisUpdate: clock.now() };
  expect(await refusal(upload(testCrl(root, later)))).toBe("conflict");
  const earlier: TestCrlWishes = { number: 11n, thisUpdate: addSeconds(clock.now(), -7_200) };
  expect(await refusal(upload(testCrl(root, earlier)))).toBe("conflict");
  expect(await upload(testCrl(root, { number: 11n, thisUpdate: clock.now() }))).toMatchObject({
    number: 11n,
  });
});

test("one that has expired is accepted with a warning, and the source says so", async () => {
  const { root } = await foreign(0);
  const past: TestCrlWishes = {
    thisUpdate: addSeconds(clock.now(), -7_200),
    nextUpdate: addSeconds(clock.now(), -3_600),
  };
  const { warnings, sourceId } = await upload(testCrl(root, past));
  expect(warnings.join()).toContain("expired");
  expect(await crlSource(here, operator, sourceId)).toMatchObject({ state: "expired" });
  const present = testCrl(root, { number: 2n, thisUpdate: addSeconds(clock.now(), -10) });
  await upload(present, sourceId);
  expect(await crlSource(here, operator, sourceId)).toMatchObject({ state: "ok", number: 2n });
  offset = 240_000;
  expect(await crlSource(here, operator, sourceId)).toMatchObject({ state: "late" });
});

test("of a list that lives a year only the last week is late", async () => {
  const { root } = await foreign(0);
  const { sourceId } = await upload(testCrl(root, { nextUpdate: addSeconds(clock.now(), 365 * 86_400) }));
  offset = 350 * 86_400;
  expect(await crlSource(here, operator, sourceId)).toMatchObject({ state: "ok" });
  offset = 360 * 86_400;
  expect(await crlSource(here, operator, sourceId)).toMatchObject({ state: "late" });
});

test("what is not the issuer's complete CRL is refused with its reason", async () => {
  const { root, rootId } = await foreign(0);
  const stranger = await testAuthority();
  const other = await testAuthority({ subject: "CN=Other" });
  const sourceId = await createCrlSource(here, operator, { certificateId: rootId });
  const altered = Uint8Array.from(testCrl(root));
  altered[altered.length - 5] = (altered[altered.length - 5] as number) ^ 1;
  expect(await refusal(upload(altered, sourceId))).toBe("policyViolation rfc5280.6.3.3.g");
  expect(await refusal(upload(testCrl(stranger), sourceId))).toBe("policyViolation rfc5280.6.3.3.g");
  expect(await refusal(upload(testCrl(other), sourceId))).toBe("policyViolation rfc5280.6.3.3.b");
  const future: TestCrlWishes = { thisUpdate: addSeconds(clock.now(), 3_600) };
  expect(await refusal(upload(testCrl(root, future)))).toBe("policyViolation rfc5280.5.1.2.4");
  // Without a source: nobody that is known here signed it.
  expect(await refusal(upload(testCrl(stranger)))).toBe("notFound crl.issuer");
  expect(await refusal(upload(testCrl(other)))).toBe("notFound crl.issuer");
  expect(await refusal(upload(new Uint8Array(0)))).toBe("malformed");
  expect(await refusal(upload(root.der))).toMatch(/^malformed/);
  expect(await crlSource(here, operator, sourceId)).toMatchObject({ state: "missing", number: null });
});

test("a certificate without cRLSign signs no CRLs", async () => {
  const root = await testAuthority({ extensions: { keyUsage: ["keyCertSign"] } });
  await recordForeignCertificates(here, [root.der]);
  expect(await refusal(upload(testCrl(root)))).toBe("policyViolation rfc5280.6.3.3.f");
});

test("the CRL of an authority whose key is here is not taken from outside", async () => {
  const root = await testAuthority();
  await importAuthority(here, testActor("admin"), {
    certificate: encodePem("CERTIFICATE", root.der),
    privateKey: root.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  });
  expect(await refusal(upload(testCrl(root)))).toBe("policyViolation crl.own");
});

test("another authority of the same name is not meant", async () => {
  const { root, leaves, ids } = await foreign(1);
  const serial = leaves.map(serialOf)[0] ?? "";
  const impostor = await testAuthority();
  await recordForeignCertificates(here, [impostor.der]);
  expect(await upload(testCrl(impostor, { entries: [{ serial }] }))).toMatchObject({
    applied: { revoked: 0 },
  });
  expect(await stateOf(ids[0] ?? "")).toBe("active");
  expect(await upload(testCrl(root, { entries: [{ serial }] }))).toMatchObject({
    created: true,
    applied: { revoked: 1 },
  });
  expect(await stateOf(ids[0] ?? "")).toBe("revoked");
});

test("certificates that are imported later are held against the list, too", async () => {
  const { root } = await foreign(0);
  const leaf = await testLeaf(root);
  const { sourceId } = await upload(testCrl(root, { entries: [{ serial: serialOf(leaf) }] }));
  expect(await applyCrlSource(here, sourceId)).toBeNull();
  const [id = ""] = await recordForeignCertificates(here, [leaf.der]);
  expect(await applyCrlSource(here, sourceId)).toEqual({ revoked: 1, held: 0, restored: 0 });
  expect(await stateOf(id)).toBe("revoked");
  expect(await applyCrlSource(here, sourceId)).toBeNull();
});

test("a certificate that has ended stays revoked when its issuer leaves it out", async () => {
  const root = await testAuthority();
  const leaf = await testLeaf(root, { notAfter: addSeconds(clock.now(), 60) });
  const [, id = ""] = await recordForeignCertificates(here, [root.der, leaf.der]);
  await upload(testCrl(root, { entries: [{ serial: serialOf(leaf) }] }));
  offset = 120;
  await upload(testCrl(root, { number: 2n, thisUpdate: clock.now() }));
  expect(await stateOf(id)).toBe("revoked");
});

test("a source that is deleted takes back what it said", async () => {
  const { root, leaves, ids } = await foreign(2);
  const { sourceId } = await upload(
    testCrl(root, { entries: leaves.map((leaf) => ({ serial: serialOf(leaf) })) }),
  );
  expect(await refusal(deleteCrlSource(here, operator, sourceId, 2))).toBe("conflict");
  expect(await deleteCrlSource(here, operator, sourceId, 1)).toBe(2);
  expect(await Promise.all(ids.map(stateOf))).toEqual(["active", "active"]);
  expect(await here.database.read.crl.count()).toBe(0);
  expect(await here.database.read.crlPart.count()).toBe(0);
  expect(await crlSources(here, operator)).toEqual([]);
  expect(await refusal(crlSource(here, operator, sourceId))).toBe("notFound");
});

/** What deleteCrlSource writes first; its process does not live to do the rest. */
const beginDeletion = (id: string) =>
  here.database.write((transaction) =>
    transaction.crlSource.update({
      where: { id },
      data: { url: "", fetchAt: null, crlId: null, failure: BEING_DELETED },
    }),
  );

test("nothing brings back a source whose deletion has begun", async () => {
  const { root, rootId, leaves, ids } = await foreign(2);
  const entries = leaves.map((leaf) => ({ serial: serialOf(leaf) }));
  const { sourceId } = await upload(testCrl(root, { number: 1n, entries }));
  await beginDeletion(sourceId);
  const next = testCrl(root, { number: 2n, entries });
  expect(await refusal(upload(next))).toBe("conflict");
  expect(await refusal(upload(next, sourceId))).toBe("notFound");
  expect(await refusal(createCrlSource(here, operator, { certificateId: rootId }))).toBe("conflict");
  await finishCrlSourceDeletions(here, operator);
  expect(await crlSources(here, operator)).toEqual([]);
  expect(await Promise.all(ids.map(stateOf))).toEqual(["active", "active"]);
  expect(await upload(next)).toMatchObject({ created: true, applied: { revoked: 2 } });
});

test.each([
  ["another list", 2n],
  ["the present list", 1n],
])("a deletion that begins while %s is uploaded is carried through", async (_, number) => {
  const { root, leaves, ids } = await foreign(2);
  const entries = leaves.map((leaf) => ({ serial: serialOf(leaf) }));
  const present = testCrl(root, { number: 1n, entries });
  const { sourceId } = await upload(present);
  const content = number === 1n ? present : testCrl(root, { number, entries });
  // The first thing that an upload writes comes after its look at the source.
  let deletion: Promise<unknown> | undefined;
  const write: Database["write"] = async (work) => {
    deletion ??= beginDeletion(sourceId);
    await deletion;
    return here.database.write(work);
  };
  const there = { ...here, database: { ...here.database, write } };
  const uploading = uploadCrl(there, operator, { content: stream(content), declaredBytes: null, sourceId });
  expect(await refusal(uploading)).toBe("notFound");
  await finishCrlSourceDeletions(here, operator);
  expect(await crlSources(here, operator)).toEqual([]);
  expect(await here.database.read.crl.count()).toBe(0);
  expect(await Promise.all(ids.map(stateOf))).toEqual(["active", "active"]);
});

test("a source is made of an issuer of the inventory, with addresses that its certificates name", async () => {
  const { rootId, ids } = await foreign(3);
  const [choice] = await crlIssuerChoices(here, operator);
  expect(choice).toMatchObject({ certificateId: rootId, name: "Test Root", issued: 4 });
  const urls = await distributionPointsSeen(here, operator, choice?.issuerName ?? "");
  expect(urls.toSorted()).toEqual(["http://crl.partner.example/0.crl", "http://crl.partner.example/1.crl"]);
  const id = await createCrlSource(here, operator, { certificateId: rootId, url: urls[0] ?? "" });
  expect(await crlSource(here, operator, id)).toMatchObject({ url: urls[0], state: "missing", version: 1 });
  expect(await crlIssuerChoices(here, operator)).toEqual([]);
  expect(await refusal(createCrlSource(here, operator, { certificateId: rootId }))).toBe("conflict");
  expect(await refusal(createCrlSource(here, operator, { certificateId: ids[0] ?? "" }))).toBe(
    "policyViolation crl.issuer",
  );
  await changeCrlSource(here, operator, id, 1, { name: "Partner", url: "" });
  expect(await crlSource(here, operator, id)).toMatchObject({
    name: "Partner",
    url: "",
    fetchAt: null,
    version: 2,
  });
  expect(await refusal(changeCrlSource(here, operator, id, 1, { name: "Late" }))).toBe("conflict");
  expect(await refusal(changeCrlSource(here, operator, id, 2, { url: "ftp://x/" }))).toMatch(/^malformed/);
});

test("who only looks changes nothing", async () => {
  const { root, rootId } = await foreign(0);
  const viewer = testActor("viewer");
  const content = stream(testCrl(root));
  expect(await refusal(uploadCrl(here, viewer, { content, declaredBytes: null }))).toBe("forbidden");
  expect(await refusal(createCrlSource(here, viewer, { certificateId: rootId }))).toBe("forbidden");
  expect(await refusal(changeCrlSource(here, viewer, "x", 1, {}))).toBe("forbidden");
  expect(await refusal(deleteCrlSource(here, viewer, "x", 1))).toBe("forbidden");
});

test("what is too large is refused while it arrives", async () => {
  const endless = async function* () {
    for (;;) yield new Uint8Array(1 << 20);
  };
  expect(await refusal(uploadCrl(here, operator, { content: endless(), declaredBytes: null }))).toBe(
    "tooLarge crl.size",
  );
  expect(await refusal(uploadCrl(here, operator, { content: endless(), declaredBytes: 10 ** 9 }))).toBe(
    "tooLarge crl.size",
  );
});

test("what stands above an imported authority and has no CRL here is told, until one is uploaded", async () => {
  const root = await testAuthority();
  const middle = await testAuthority({}, root);
  await importAuthority(here, testActor("admin"), {
    certificate: encodePem("CERTIFICATE", middle.der) + encodePem("CERTIFICATE", root.der),
    privateKey: middle.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  });
  const { sha256 } = readForeignCertificate(root.der);
  expect(await issuersWithoutCrl(here, operator)).toMatchObject([
    { sha256, name: "Test Root", source: null, below: [{ name: "Test Intermediate" }] },
  ]);
  const id = await createCrlSource(here, operator, { certificateId: sha256 });
  expect(await issuersWithoutCrl(here, operator)).toMatchObject([
    { sha256, source: { id, state: "missing" } },
  ]);
  // Without naming the source, too.
  expect(await upload(testCrl(root))).toMatchObject({ sourceId: id, created: false });
  expect(await issuersWithoutCrl(here, operator)).toEqual([]);
  offset = 300_000;
  expect(await issuersWithoutCrl(here, operator)).toMatchObject([{ source: { state: "expired" } }]);
});

test("the root above an imported authority need not be imported for its CRL, which may revoke ours", async () => {
  const root = await testAuthority();
  const middle = await testAuthority({}, root);
  const authorityId = await importAuthority(here, testActor("admin"), {
    certificate: encodePem("CERTIFICATE", middle.der) + encodePem("CERTIFICATE", root.der),
    privateKey: middle.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  });
  const entries = [{ serial: serialOf(middle), reason: "cACompromise" as const }];
  expect(await upload(testCrl(root, { entries }))).toMatchObject({ created: true, applied: { revoked: 1 } });
  const { certificateId } = await here.database.read.authority.findUniqueOrThrow({
    where: { id: authorityId },
  });
  expect(await stateOf(certificateId)).toBe("revoked");
});
