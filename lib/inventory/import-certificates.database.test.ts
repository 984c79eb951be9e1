import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { zipOf } from "#e2e/fixtures/zip.ts";
import { newId } from "#lib/id.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { risksOf } from "#lib/inventory/certificate-risks.ts";
import { importCertificates } from "#lib/inventory/import-certificates.ts";
import { IMPORT_LIMITS } from "#lib/inventory/import-limits.ts";
import { faultBody, getImport, listFaults, listImported, listImports } from "#lib/inventory/import-read.ts";
import { closeDeadImports } from "#lib/inventory/import-recovery.ts";
import { bitString, contextPrimitive, octetString, oid, sequence, TAG } from "#lib/x509/der-writer.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import {
  extension,
  nameOf,
  type OddWishes,
  oddCertificate,
  rawInteger,
  rawTime,
} from "#lib/x509/testdata/odd-certificate.ts";

const actor = testActor("operator");
let here: TestInstallation;

beforeEach(async () => {
  here = await testInstallation();
});
afterEach(() => here.close());

async function* chunks(octets: Uint8Array) {
  for (let at = 0; at < octets.length; at += 65_536) yield octets.subarray(at, at + 65_536);
}

function upload(content: Uint8Array | string, password: string | null = null) {
  const octets = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return importCertificates(here, actor, {
    fileName: "bundle.pem",
    password,
    declaredBytes: octets.length,
    source: chunks(octets),
  });
}

const pem = ({ der }: TestIdentity) => encodePem("CERTIFICATE", der);
const uploads = () => readdirSync(join(here.config.dataFolder, "imports"));

test("10,000 certificates are imported in less than 10 seconds of work", async () => {
  const root = await testAuthority();
  const key = await testLeaf(root);
  let text = pem(root);
  for (let n = 1; n < 10_000; n++) {
    const names = [0, 1, 2].map((i) => ({ type: "dns" as const, value: `s${n}-${i}.example` }));
    const leaf = await testLeaf(root, {
      subject: `CN=s${n}.example`,
      extensions: { subjectAlternativeNames: names },
      // Making keys takes longer than importing; some share one.
      ...(n % 5 === 0 ? {} : { keyOf: key }),
    });
    text += pem(leaf);
  }
  const before = process.cpuUsage();
  const result = await upload(text);
  // Time of the processor: what else runs on the machine is not the import's doing.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000_000).toBeLessThan(10);
  expect(result).toMatchObject({ found: 10_000, added: 10_000, unreadable: 0, status: "done" });
  expect(uploads()).toEqual([]);
  const events = await here.database.read.auditEvent.count({ where: { action: "certificate.imported" } });
  expect(events).toBe(10_000);
}, 180_000);

test("an import tells what it added, knew and could not read, and keeps what it could not", async () => {
  const root = await testAuthority();
  const leaf = await testLeaf(root);
  const broken = root.der.subarray(0, 200);
  const result = await upload(pem(leaf) + encodePem("CERTIFICATE", broken) + pem(root) + pem(leaf));
  expect(result).toMatchObject({ found: 4, added: 2, known: 1, unreadable: 1, status: "done", reason: "" });
  expect(await getImport(here, actor, result.id)).toMatchObject({
    fileName: "bundle.pem",
    found: 4,
    added: 2,
    known: 1,
    unreadable: 1,
    status: "done",
    requestedBy: actor.name,
  });
  const { faults } = await listFaults(here, actor, result.id);
  expect(faults).toMatchObject([{ position: 1, place: "PEM block 2", isNote: false, truncated: false }]);
  expect(await faultBody(here, actor, result.id, 1)).toEqual(new Uint8Array(broken));
  const { certificates } = await listImported(here, actor, result.id);
  expect(certificates.map(({ displayName }) => displayName)).toEqual(["api.example", "Test Root"]);
  const again = await upload(pem(root) + pem(leaf));
  expect(again).toMatchObject({ found: 2, added: 0, known: 2 });
  expect((await listImported(here, actor, again.id)).certificates).toEqual([]);
  expect((await listImports(here, actor)).imports.map(({ id }) => id)).toEqual([again.id, result.id]);
});

test("the same certificate 10,000 times is one certificate", async () => {
  const text = pem(await testAuthority()).repeat(10_000);
  expect(await upload(text)).toMatchObject({ found: 10_000, added: 1, known: 9_999 });
  expect(await here.database.read.certificate.count()).toBe(1);
});

describe("odd certificates are admitted, and their pages can be shown:", () => {
  const dns = (count: number) =>
    sequence(...Array.from({ length: count }, (_, n) => contextPrimitive(2, `n${n}.example`)));
  const curve = sequence(
    sequence(oid("1.2.840.10045.2.1"), oid("1.3.36.3.3.2.8.1.1.99")),
    bitString(new Uint8Array(65).fill(4)),
  );
  test.each<[string, OddWishes, Record<string, unknown>]>([
    ["5,000 names", { extensions: [extension("2.5.29.17", dns(5_000))] }, {}],
    ["more names than are searched", { extensions: [extension("2.5.29.17", dns(7_000))] }, {}],
    [
      "an extension of 64 KB",
      { extensions: [extension("1.2.3.4", octetString(new Uint8Array(65_536)))] },
      {},
    ],
    ["a negative serial number", { serial: rawInteger(0xf1) }, { serial: "-0f" }],
    ["the serial number zero", { serial: rawInteger(0) }, { serial: "00" }],
    ["a serial number of 3,000 octets", { serial: rawInteger(...new Array(3_000).fill(17)) }, {}],
    [
      "an end in the year 9999",
      { notAfter: rawTime(TAG.generalizedTime, "99991231235959Z") },
      { notAfter: new Date("9999-12-31T23:59:59Z") },
    ],
    [
      "a beginning in the year 0",
      { notBefore: rawTime(TAG.generalizedTime, "00000101000000Z") },
      { notBefore: new Date("0001-01-01T00:00:00Z") },
    ],
    ["an unknown curve", { spki: curve }, { keyAlgorithm: "ec-curve-1.3.36.3.3.2.8.1.1.99" }],
    [
      "markup, escapes and NUL in its subject",
      { subject: nameOf("<b>\u001b[31m\u202e\0</b>") },
      { displayName: "<b>\uFFFD[31m\uFFFD\uFFFD</b>" },
    ],
    ["a name of 20,000 characters", { subject: nameOf("ä".repeat(20_000)) }, {}],
    ["an empty subject", { subject: sequence() }, { displayName: "serial 4f0102030405060708" }],
  ])("%s", async (_, wishes, facts) => {
    const result = await upload(oddCertificate(wishes));
    expect(result).toMatchObject({ found: 1, added: 1, unreadable: 0, faults: [] });
    const { certificates } = await listImported(here, actor, result.id);
    const shown = await getCertificate(here, actor, certificates[0]?.id ?? "");
    expect(shown).toMatchObject(facts);
    expect(shown.names.length).toBeLessThanOrEqual(5_000);
    const row = await here.database.read.certificate.findFirstOrThrow({ include: { cohort: true } });
    expect(risksOf(row.cohort?.risks ?? 0)).toContain("findings");
  });
});

describe("a ZIP", () => {
  const text = (content: string) => new TextEncoder().encode(content);

  test("is read with names that lead elsewhere, which are only names", async () => {
    const [one, two] = [await testAuthority(), await testAuthority()];
    const result = await upload(
      zipOf([
        { name: "../../../tmp/countersign-escaped.pem", content: text(pem(one)) },
        { name: "/etc/\u001bpasswd\u202e", content: text("nothing") },
        { name: "C:\\Windows\\two.pem", content: text(pem(two)) },
        { name: "folder/", content: text("") },
        { name: "__MACOSX/._one.pem", content: text("resource") },
      ]),
    );
    expect(result).toMatchObject({ found: 3, added: 2, unreadable: 1, status: "done" });
    expect(result.faults.map(({ place }) => place)).toEqual(["/etc/\uFFFDpasswd\uFFFD"]);
    expect(existsSync("/tmp/countersign-escaped.pem")).toBe(false);
  });

  test("that is a bomb, or holds one, or lies about sizes, costs nobody else", async () => {
    const root = await testAuthority();
    const zeros = new Uint8Array(40 * 1024 * 1024);
    const result = await upload(
      zipOf([
        { name: "bomb", content: zeros },
        { name: "liar", content: zeros, claimedSize: 100 },
        { name: "claims.pem", content: text(pem(root)), claimedSize: 4_000_000_000 },
        { name: "vast.pem", content: text(pem(root)), claimedPackedSize: 4_000_000_000 },
        { name: "locked.pem", content: text(pem(root)), encrypted: true },
        { name: "inner.zip", content: zipOf([{ name: "root.pem", content: text(pem(root)) }]) },
        { name: "root.pem", content: text(pem(root)) },
      ]),
    );
    expect(result).toMatchObject({ added: 1, unreadable: 6, status: "done" });
    expect(Object.fromEntries(result.faults.map(({ place, reason }) => [place, reason]))).toEqual({
      bomb: expect.stringContaining("ZIP bomb"),
      liar: expect.stringContaining("ZIP bomb"),
      "claims.pem": expect.stringContaining("unpacks to more than"),
      "vast.pem": expect.stringContaining("damaged inside the ZIP"),
      "locked.pem": expect.stringContaining("encrypted inside the ZIP"),
      "inner.zip": expect.stringContaining("An archive (ZIP) inside"),
    });
  });

  test("that unpacks to more than is read is broken off, and what came before stays", async () => {
    const root = await testAuthority();
    const noise = text(pem(root) + "x".repeat(15 * 1024 * 1024));
    const files = Array.from({ length: 21 }, (_, n) => ({ name: `${n}.pem`, content: noise }));
    const result = await upload(zipOf(files));
    expect(result).toMatchObject({ added: 1, status: "broken", reason: expect.stringContaining("300") });
    expect(await getImport(here, actor, result.id)).toMatchObject({ added: 1, status: "broken" });
    expect(uploads()).toEqual([]);
  }, 60_000);

  test("of bombs is given up after a few, whatever each of them unpacks to", async () => {
    const root = await testAuthority();
    const bomb = { name: "bomb", content: new Uint8Array(20 * 1024 * 1024) };
    const before = { name: "root.pem", content: text(pem(root)) };
    const result = await upload(zipOf([before, ...new Array(40).fill(bomb)]));
    expect(result).toMatchObject({
      added: 1,
      unreadable: IMPORT_LIMITS.bombs,
      status: "broken",
      reason: "The archive has 5 files that unpack to far too much; the rest was not read.",
    });
  }, 60_000);

  test("with files that do not stay whole is not unpacked for more than is read", async () => {
    // Just below what is taken for a bomb; each is damaged at its end, so none of them is taken.
    const noise = Buffer.concat([Buffer.alloc(15 * 1024 * 1024), randomBytes(160_000)]);
    const files = Array.from({ length: 25 }, (_, n) => ({
      name: `${n}.pem`,
      content: new Uint8Array(noise),
      isDamaged: true,
    }));
    const result = await upload(
      zipOf([{ name: "root.pem", content: text(pem(await testAuthority())) }, ...files]),
    );
    expect(result).toMatchObject({ added: 1, status: "broken", reason: expect.stringContaining("300") });
  }, 60_000);

  test("whose files overlap each other is given up", async () => {
    const content = text(pem(await testAuthority()).repeat(20) + randomBytes(3_000).toString("hex"));
    const shared = Array.from({ length: 500 }, (_, n) => ({ name: `${n}`, content, isShared: n > 0 }));
    const result = await upload(zipOf(shared));
    expect(result.faults.at(-1)?.reason).toBe(
      "The files in the ZIP overlap each other; further files were not read.",
    );
    expect(result.found).toBeLessThan(500 * 20);
  });

  test("that is cut off is told to be", async () => {
    const whole = zipOf([{ name: "root.pem", content: text(pem(await testAuthority())) }]);
    const result = await upload(whole.subarray(0, whole.length - 30));
    expect(result.faults).toMatchObject([
      { reason: expect.stringMatching(/^The ZIP is cut off or damaged/) },
    ]);
  });
});

test("an upload that is too large is refused, beforehand by what it says and otherwise by what it is", async () => {
  const source = async function* () {
    for (let part = 0; part < 200; part++) yield new Uint8Array(1024 * 1024);
  };
  const ask = (declaredBytes: number | null) =>
    importCertificates(here, actor, { fileName: "a.zip", password: null, declaredBytes, source: source() });
  await expect(ask(200 * 1024 * 1024)).rejects.toMatchObject({
    code: "tooLarge",
    message: "The file has 200.0 MB; one import takes at most 100.0 MB. Split it.",
  });
  expect(await here.database.read.certificateImport.count()).toBe(0);
  await expect(ask(null)).rejects.toMatchObject({ code: "tooLarge" });
  expect(await here.database.read.certificateImport.findMany()).toMatchObject([{ status: "broken" }]);
  expect(uploads()).toEqual([]);
}, 60_000);

test("each step of an import is told in the audit trail as it happens", async () => {
  const before: string[] = [];
  const source = (async function* () {
    // The first bytes: the import is there, so its event is too.
    const events = await here.database.read.auditEvent.findMany({ orderBy: { sequence: "asc" } });
    before.push(...events.map(({ action }) => action).slice(-1));
    yield new TextEncoder().encode(pem(await testAuthority()));
  })();
  const asked = { fileName: "a.pem", password: null, declaredBytes: null, source };
  const { id } = await importCertificates(here, actor, asked);
  expect(before).toEqual(["import.started"]);
  const events = await here.database.read.auditEvent.findMany({
    where: { objectId: id },
    orderBy: { sequence: "asc" },
  });
  expect(events.map(({ action }) => action)).toEqual(["import.started", "import.finished"]);
  expect(events).toMatchObject([{ objectName: "a.pem", actorName: actor.name }, {}]);
});

test("an upload that ends early is told to", async () => {
  const source = (async function* () {
    yield new Uint8Array(2048);
    throw new Error("aborted");
  })();
  const asked = { fileName: "a", password: null, declaredBytes: null, source };
  await expect(importCertificates(here, actor, asked)).rejects.toMatchObject({
    message: "The upload ended early, after 2 KB.",
  });
});

test("what a dead process left is closed, with its audit event, and removed", async () => {
  const id = newId();
  await upload("x"); // makes the folder
  await here.database.write((transaction) =>
    transaction.certificateImport.create({
      data: {
        id,
        fileName: "left.pem",
        bytes: 5,
        found: 2,
        added: 2,
        known: 0,
        unreadable: 0,
        status: "running",
        reason: "",
        requestedBy: actor.name,
        createdAt: here.clock.now(),
      },
    }),
  );
  await writeFile(join(here.config.dataFolder, "imports", `${id}.4194999`), "left");
  await closeDeadImports(here);
  expect(await getImport(here, actor, id)).toMatchObject({ status: "broken", added: 2 });
  expect(uploads()).toEqual([]);
  const events = await here.database.read.auditEvent.findMany({ where: { action: "import.broken" } });
  expect(events).toMatchObject([{ objectId: id, actorKind: "system" }]);
});

test("faults beyond what is kept are counted and not kept", async () => {
  const block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const result = await upload(block.repeat(IMPORT_LIMITS.faults + 50));
  expect(result).toMatchObject({ found: IMPORT_LIMITS.faults + 50, unreadable: IMPORT_LIMITS.faults + 50 });
  expect(result.faults).toHaveLength(100);
  expect(await here.database.read.importFault.count()).toBe(IMPORT_LIMITS.faults);
});

test("an auditor may look at imports and not make one", async () => {
  const auditor = testActor("auditor");
  const asked = { fileName: "a", password: null, declaredBytes: null, source: chunks(new Uint8Array(1)) };
  await expect(importCertificates(here, auditor, asked)).rejects.toMatchObject({ code: "forbidden" });
  expect(await listImports(here, auditor)).toEqual({ imports: [], next: null });
});
