import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { closeAbandonedReservations } from "#lib/authority/recovery.ts";
import { renewWithSameKey } from "#lib/authority/renew.ts";
import { risksOf } from "#lib/inventory/certificate-risks.ts";
import { changeCohort, enterCohort, factsOf } from "#lib/inventory/cohort.ts";
import { joinInventory } from "#lib/inventory/enter-inventory.ts";
import { queryRows, sqlSteps } from "#lib/sql-steps.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

type Pair = { privateKey: KeyObject; publicKey: KeyObject };
const newPair = (): Pair => generateKeyPairSync("ec", { namedCurve: "P-256" });

async function issue(name: string, { privateKey, publicKey }: Pair = newPair()): Promise<string> {
  const csr = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: name }],
  });
  return (await issueFromRequest(issuer, admin, { profile: "server", csr, source: "csr" })).id;
}

async function factsFor(id: string) {
  const [row] = await queryRows(
    installation.database,
    'SELECT h.* FROM "CertificateCohort" h JOIN "Certificate" c ON c."cohortId" = h."id" WHERE c."id" = ?',
    [id],
  );
  return row === undefined ? null : factsOf(row);
}

/** What every cohort says of its size, beside how many certificates are in it. */
async function counts() {
  const rows = await queryRows(
    installation.database,
    `SELECT h."id", h."count", (SELECT count(*) FROM "Certificate" c WHERE c."cohortId" = h."id") AS "real"
     FROM "CertificateCohort" h`,
  );
  return rows.map((row) => [Number(row.count), Number(row.real)]);
}

async function expectExactCounts(): Promise<void> {
  for (const [count, real] of await counts()) expect(count).toBe(real);
}

const annotate = (ids: string[], change: { owner?: string; tags?: string[] }) =>
  installation.database.write((transaction) =>
    changeCohort(sqlSteps(installation.database, transaction), ids, (facts) => ({ ...facts, ...change })),
  );

test("certificates with the same facts are in one cohort, whose count is exact", async () => {
  const [one, other] = [await issue("one.example.test"), await issue("other.example.test")];
  expect(await factsFor(one)).toEqual(await factsFor(other));
  expect(await factsFor(one)).toMatchObject({
    kind: "end-entity",
    source: "csr",
    state: "active",
    owner: "",
  });
  await expectExactCounts();
});

test("a renewal supersedes the certificate and takes its owner and tags over", async () => {
  const id = await issue("renewed.example.test");
  await annotate([id], { owner: "payments", tags: ["b", "a", "b"] });
  const renewal = await renewWithSameKey(installation, issuer, admin, id);
  expect(await factsFor(id)).toMatchObject({ state: "superseded", owner: "payments" });
  expect(await factsFor(renewal.id)).toMatchObject({ state: "active", owner: "payments", tags: ["a", "b"] });
  expect(risksOf((await factsFor(renewal.id))?.risks ?? -1)).toEqual([]);
  await expectExactCounts();
});

test("a key that two lineages share is marked on both, whoever came first", async () => {
  const pair = newPair();
  const first = await issue("first.example.test", pair);
  const renewal = await renewWithSameKey(installation, issuer, admin, first);
  expect(risksOf((await factsFor(first))?.risks ?? -1)).toEqual([]);
  const second = await issue("second.example.test", pair);
  const together = await Promise.all([issue("x.example.test", pair), issue("y.example.test", pair)]);
  for (const id of [first, renewal.id, second, ...together]) {
    expect([id, risksOf((await factsFor(id))?.risks ?? -1)]).toEqual([id, ["reused-key"]]);
  }
  await expectExactCounts();
});

test("two certificates with one new key that are issued together are both marked", async () => {
  const pair = newPair();
  const ids = await Promise.all([issue("p.example.test", pair), issue("q.example.test", pair)]);
  for (const id of ids) expect(risksOf((await factsFor(id))?.risks ?? -1)).toEqual(["reused-key"]);
});

test("changing facts moves certificates, says what changed, and removes the cohort that is left empty", async () => {
  const id = await issue("moved.example.test");
  await annotate([id], { owner: "alone" });
  const before = (await counts()).length;
  const [change] = await annotate([id], { owner: "somebody" });
  expect(change).toMatchObject({ id, before: { owner: "alone" }, after: { owner: "somebody" } });
  expect(await annotate([id, "none"], { owner: "somebody" })).toEqual([]);
  expect((await counts()).length).toBe(before);
  await expectExactCounts();
});

test("joining a cohort uses up no id of the cohorts to come", async () => {
  const facts = await factsFor(await issue("ids.example.test"));
  if (facts === null) throw new Error("it has no cohort");
  const ids = await installation.database.write(async (transaction) => {
    const steps = sqlSteps(installation.database, transaction);
    const first = await enterCohort(steps, { ...facts, owner: "ids-before" });
    for (let time = 0; time < 50; time++) await enterCohort(steps, { ...facts, owner: "ids-before" }, 0);
    return [first, await enterCohort(steps, { ...facts, owner: "ids-after" })];
  });
  expect(ids[1]).toBe((ids[0] ?? 0) + 1);
  await installation.database.write((transaction) =>
    transaction.certificateCohort.deleteMany({ where: { owner: { startsWith: "ids-" } } }),
  );
});

test("more certificates than one statement holds are changed together", async () => {
  const ids: string[] = [];
  for (let batch = 0; batch < 7; batch++) {
    ids.push(
      ...(await Promise.all(Array.from({ length: 32 }, (_, n) => issue(`m${batch}-${n}.example.test`)))),
    );
  }
  expect(await annotate(ids, { tags: ["many"] })).toHaveLength(ids.length);
  await expectExactCounts();
});

test("a reservation that is given up leaves its cohort", async () => {
  const now = installation.clock.now();
  const facts = {
    lineageId: "given-up",
    keySha256: "given-up",
    replacesId: null,
    kind: "end-entity",
    issuerId: null,
    issuerName: "CN=Nobody",
    profileId: null,
    keyAlgorithm: "ecdsa-p256",
    source: "csr",
  } as const;
  await installation.database.write(async (transaction) => {
    const steps = sqlSteps(installation.database, transaction);
    const [membership] = await joinInventory(steps, [{ id: "given-up", ...facts, risks: [] }]);
    await transaction.certificate.create({
      data: {
        ...facts,
        id: "given-up",
        serial: "77",
        status: "reserved",
        displayName: "x",
        subject: "",
        notBefore: now,
        notAfter: now,
        body: new Uint8Array(),
        requestedBy: "test",
        createdAt: new Date(now.getTime() - 60_000),
        cohortId: membership?.cohortId ?? null,
      },
    });
  });
  await expectExactCounts();
  expect(await closeAbandonedReservations(installation)).toBe(1);
  expect(await factsFor("given-up")).toBeNull();
  await expectExactCounts();
});
