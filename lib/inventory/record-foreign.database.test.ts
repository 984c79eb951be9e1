import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import { type DriverConnection, openDriver } from "#lib/driver.ts";
import { newId } from "#lib/id.ts";
import { risksOf } from "#lib/inventory/certificate-risks.ts";
import { readForeign } from "#lib/inventory/foreign-certificate.ts";
import { type OwnAuthority, ownAuthorities } from "#lib/inventory/own-authorities.ts";
import { recordForeign } from "#lib/inventory/record-foreign.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

const actor = testActor("operator");
let here: TestInstallation;
let connection: DriverConnection;

beforeEach(async () => {
  here = await testInstallation();
  connection = await openDriver(here.config.database);
});
afterEach(async () => {
  await connection.close();
  await here.close();
});

function record(ders: readonly Uint8Array[], authorities: readonly OwnAuthority[] = []) {
  const certificates = ders.map((der) => ({ id: newId(), certificate: readForeign(der, authorities) }));
  return connection.transaction((transaction) =>
    recordForeign(transaction, actor, certificates, here.clock.now()),
  );
}

test("a foreign chain is recorded with its names, its kinds and its audit events", async () => {
  const root = await testAuthority();
  const leaf = await testLeaf(root, { subject: "CN=Edge 7,O=Example" });
  const outcomes = await record([leaf.der, root.der]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["added", "added"]);
  const rows = await here.database.read.certificate.findMany({
    orderBy: { displayName: "asc" },
    include: { names: true, cohort: true, candidate: true },
  });
  expect(rows).toMatchObject([
    {
      displayName: "Edge 7",
      sortName: "edge 7",
      kind: "end-entity",
      source: "import",
      requestedBy: actor.name,
      issuerId: null,
      candidate: null,
      cohort: { count: 1, source: "import" },
    },
    { displayName: "Test Root", kind: "authority", candidate: { subject: "CN=Test Root,O=Example" } },
  ]);
  expect(rows[0]?.names.map(({ type, value }) => `${type}:${value}`).sort()).toEqual([
    "cn:edge 7",
    "dns:api.example",
  ]);
  expect(rows[0]?.lineageId).toBe(rows[0]?.id);
  const events = await here.database.read.auditEvent.findMany({ where: { action: "certificate.imported" } });
  expect(events.map(({ objectName }) => objectName).sort()).toEqual(["Edge 7", "Test Root"]);
  const check = verifyChain(here, testActor("auditor"));
  let step = await check.next();
  while (!step.done) step = await check.next();
  expect(step.value).toMatchObject({ fault: null });
});

test("what is there already, or twice in a batch, is known and not recorded again", async () => {
  const root = await testAuthority();
  const [first] = await record([root.der]);
  const leaf = await testLeaf(root);
  const outcomes = await record([leaf.der, root.der, leaf.der]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["added", "known", "known"]);
  expect(outcomes[1]).toEqual({ ...first, outcome: "known" });
  expect(await here.database.read.certificate.count()).toBe(2);
});

test("certificates that share a key are marked, also one that was there before", async () => {
  const root = await testAuthority();
  const one = await testLeaf(root);
  await record([one.der]);
  const other = await testLeaf(root, { keyOf: one });
  await record([other.der]);
  const rows = await here.database.read.certificate.findMany({ include: { cohort: true } });
  expect(rows.map(({ cohort }) => risksOf(cohort?.risks ?? 0))).toEqual([["reused-key"], ["reused-key"]]);
});

test("what an authority of ours signed is recognised, and its serial numbers stay unique", async () => {
  const root = await testAuthority();
  const authorityId = await importAuthority(here, testActor("admin"), {
    certificate: encodePem("CERTIFICATE", root.der),
    privateKey: root.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  });
  const authorities = await ownAuthorities(here);
  const [one, other] = [
    await testLeaf(root, { serialNumber: "4f01" }),
    await testLeaf(root, { serialNumber: "4f01", subject: "CN=other" }),
  ];
  const stranger = await testLeaf(await testAuthority(), { serialNumber: "4f01" });
  const outcomes = await record([one.der, other.der, stranger.der, root.der], authorities);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["added", "refused", "added", "known"]);
  const rows = await here.database.read.certificate.findMany({
    where: { kind: "end-entity" },
    select: { sha256: true, issuerId: true },
  });
  const issuers = Object.fromEntries(rows.map(({ sha256, issuerId }) => [sha256, issuerId]));
  expect(issuers).toEqual({
    [readForeign(one.der, []).sha256]: authorityId,
    [readForeign(stranger.der, []).sha256]: null,
  });
  expect(await record([other.der], authorities)).toMatchObject([{ outcome: "refused" }]);
});

test("a viewer records nothing", async () => {
  const root = await testAuthority();
  const certificates = [{ id: newId(), certificate: readForeign(root.der, []) }];
  await expect(
    connection.transaction((transaction) =>
      recordForeign(transaction, testActor("viewer"), certificates, here.clock.now()),
    ),
  ).rejects.toMatchObject({ code: "forbidden" });
});
