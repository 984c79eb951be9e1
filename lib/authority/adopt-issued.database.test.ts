import { afterAll, beforeAll, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import { getAuthority } from "#lib/authority/authority-read.ts";
import { currentCrl } from "#lib/authority/crl-current.ts";
import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import { uploadCrl } from "#lib/authority/crl-source-upload.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

let installation: TestInstallation;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(() => installation.close());

const pem = (der: Uint8Array) => encodePem("CERTIFICATE", der);

test("certificates that were here before the authority that signed them become its own, with what is known of them", async () => {
  const subject = "CN=Old Root,O=Example";
  const root = await testAuthority({ subject });
  const renewed = await testAuthority({ subject, keyOf: root });
  const namesake = await testAuthority({ subject });
  const leaves = [await testLeaf(root), await testLeaf(root), await testLeaf(namesake)] as const;
  const [, first, second, other] = await recordForeignCertificates(installation, [
    renewed.der,
    ...leaves.map(({ der }) => der),
  ]);
  const [one, two] = leaves.map(({ der }) => parseCertificate(der).serialNumber);
  const list = await testCrl(root, { entries: [{ serial: one ?? "", reason: "keyCompromise" }] });
  await uploadCrl(installation, admin, {
    declaredBytes: null,
    content: (async function* () {
      yield list;
    })(),
  });
  const attempt = { reason: "superseded", comment: "" } as const;
  await expect(revokeCertificate(installation, admin, second ?? "", attempt)).rejects.toThrow();

  const id = await importAuthority(installation, admin, {
    certificate: pem(root.der),
    privateKey: root.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  });
  const rows = await installation.database.read.certificate.findMany({
    where: { id: { in: [first ?? "", second ?? "", other ?? ""] } },
    select: { id: true, issuerId: true, cohort: { select: { issuerId: true, state: true } } },
  });
  const facts = new Map(rows.map((row) => [row.id, row]));
  expect(facts.get(first ?? "")).toMatchObject({ issuerId: id, cohort: { issuerId: id, state: "revoked" } });
  expect(facts.get(second ?? "")).toMatchObject({ issuerId: id, cohort: { issuerId: id, state: "active" } });
  expect(facts.get(other ?? "")).toMatchObject({ issuerId: null, cohort: { issuerId: null } });
  const counted = await installation.database.read.certificateCohort.aggregate({
    where: { issuerId: id },
    _sum: { count: true },
  });
  // The renewed certificate of the root is signed by it, too.
  expect(counted._sum.count).toBe(3);

  await revokeCertificate(installation, admin, second ?? "", attempt);
  await publishDueCrls(installation);
  const { slug } = await getAuthority(installation, admin, id);
  const published = await currentCrl(installation, slug);
  const entries = [...readCrl(published?.der ?? new Uint8Array()).entries()];
  expect(entries.map(({ serial }) => serial).sort()).toEqual([one, two].sort());
});

test("a number that is larger than what a double holds is gone on with, list after list", async () => {
  const root = await testAuthority({ subject: "CN=Counting Root,O=Example" });
  const number = 2n ** 60n + 1n;
  const authority = await importAuthority(installation, admin, {
    certificate: pem(root.der),
    privateKey: root.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    crl: testCrl(root, { number }),
  });
  const { slug } = await getAuthority(installation, admin, authority);
  for (const next of [number + 1n, number + 2n]) {
    await publishDueCrls(installation);
    expect((await currentCrl(installation, slug))?.number).toBe(next);
    expect(
      await installation.database.read.crl.findMany({ where: { authorityId: authority } }),
    ).toMatchObject([{ number: next }]);
    await installation.database.write(async (transaction) => {
      await transaction.crlPublication.update({ where: { authorityId: authority }, data: { crlId: null } });
      await transaction.ground.update({ where: { id: 1 }, data: { revocations: { increment: 1 } } });
    });
  }
});

test("its last CRL is gone on with: a higher number, and what it says of certificates that are here", async () => {
  const root = await testAuthority({ subject: "CN=Former Root,O=Example" });
  const leaf = await testLeaf(root);
  const [id] = await recordForeignCertificates(installation, [leaf.der]);
  const serial = parseCertificate(leaf.der).serialNumber;
  const privateKey = root.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const input = { certificate: pem(root.der), privateKey };
  const number = BigInt(Date.now());
  const stranger = await testAuthority({ subject: "CN=Former Root,O=Example" });
  for (const crl of [
    testCrl(stranger, { number }),
    testCrl(root, { number: 2n ** 100n }),
    Buffer.from("?"),
  ]) {
    await expect(importAuthority(installation, admin, { ...input, crl })).rejects.toMatchObject({
      violations: [{ field: "crl" }],
    });
  }
  const crl = testCrl(root, { number, entries: [{ serial, reason: "keyCompromise" }, { serial: "0123" }] });
  const authority = await importAuthority(installation, admin, { ...input, crl });
  await publishDueCrls(installation);
  const { slug } = await getAuthority(installation, admin, authority);
  const published = await currentCrl(installation, slug);
  expect(published?.number).toBe(number + 1n);
  const entries = [...readCrl(published?.der ?? new Uint8Array()).entries()];
  expect(entries).toMatchObject([{ serial, reason: "keyCompromise" }]);
  await expect(
    revokeCertificate(installation, admin, id ?? "", { reason: "superseded", comment: "" }),
  ).rejects.toMatchObject({ code: "conflict" });
});
