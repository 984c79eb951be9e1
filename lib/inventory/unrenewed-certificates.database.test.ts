import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { fixedClock } from "#lib/clock.ts";
import { COUNT_BOUND, countValidCertificates } from "#lib/inventory/certificate-figures.ts";
import { type CohortFacts, enterCohort } from "#lib/inventory/cohort.ts";
import {
  LOOKED_AT_MAX,
  type UnrenewedWalk,
  unrenewedCertificates,
} from "#lib/inventory/unrenewed-certificates.ts";
import { sqlSteps } from "#lib/sql-steps.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
let installation: TestInstallation;
const viewer = testActor("viewer");

beforeAll(async () => {
  installation = await testInstallation(fixedClock(NOW));
  await insert([
    // Name, days since notBefore, days to notAfter.
    ["fresh", 10, 80],
    ["due", 70, 20],
    ["urgent", 85, 5],
    ["just-expired", 95, -5],
    ["long-expired", 120, -30],
    ["renewed", 85, 5.5],
    ["successor", 0, 90, "renewed"],
    ["abandoned-successor", 0, 90, "due", "abandoned"],
    ["hour", 1 / 48, 1 / 48],
  ]);
});
afterAll(() => installation.close());

type Wanted = [name: string, usedDays: number, leftDays: number, replaces?: string, status?: string];

async function insert(wanted: Wanted[]): Promise<void> {
  const at = (days: number) => new Date(NOW.getTime() + Math.round(days * 86_400) * 1000);
  await installation.database.write(async (transaction) => {
    const cohortId = await enterCohort(sqlSteps(installation.database, transaction), COHORT, wanted.length);
    await transaction.certificate.createMany({
      data: wanted.map(([name, used, left, replaces, status = "issued"]) => ({
        id: name,
        serial: Buffer.from(name).toString("hex"),
        issuerId: null,
        profileId: null,
        status,
        kind: "end-entity",
        displayName: name,
        subject: `CN=${name}`,
        issuerName: "CN=Test",
        notBefore: at(-used),
        notAfter: at(left),
        keyAlgorithm: "ecdsa-p256",
        keySha256: name,
        sha256: name,
        sha1: name,
        body: new Uint8Array([0x30, 0]),
        source: "csr",
        lineageId: replaces ?? name,
        replacesId: replaces ?? null,
        requestedBy: "test",
        createdAt: at(-used),
        cohortId,
      })),
    });
  });
}

const COHORT: CohortFacts = {
  kind: "end-entity",
  issuerId: null,
  issuerName: "CN=Test",
  profileId: null,
  keyAlgorithm: "ecdsa-p256",
  source: "csr",
  owner: "",
  tags: [],
  risks: 0,
  state: "active",
};

test("whom nobody renewed in time is found, the nearest to its end first", async () => {
  const { ending, expired } = await unrenewedCertificates(installation, viewer);
  const found = (walk: UnrenewedWalk) => walk.certificates.map(({ id, concern }) => [id, concern]);
  expect(found(expired)).toEqual([["just-expired", "expired"]]);
  expect(found(ending)).toEqual([
    ["urgent", "urgent"],
    ["due", "due"],
  ]);
  expect([ending.more, expired.more]).toEqual([false, false]);
});

test("a limit is kept, and said to have been reached", async () => {
  const { ending, expired } = await unrenewedCertificates(installation, viewer, { limit: 1 });
  expect(ending).toMatchObject({ certificates: [{ id: "urgent" }], more: true });
  expect(expired).toMatchObject({ certificates: [{ id: "just-expired" }], more: false });
});

test("it looks behind a full batch of certificates that are fine or end at the same second", async () => {
  await insert(Array.from({ length: 1_100 }, (_, n): Wanted => [`same-${n}`, 0.5, 8, undefined, "issued"]));
  const { ending } = await unrenewedCertificates(installation, viewer);
  expect(ending.certificates.map(({ id }) => id)).toEqual(["urgent", "due"]);
  expect(ending.more).toBe(false);
  expect(await countValidCertificates(installation, viewer)).toBe(COUNT_BOUND + 1);
});

test("a walk that has seen too many rows says how far it looked", async () => {
  await insert(
    Array.from({ length: LOOKED_AT_MAX }, (_, n): Wanted => [`many-${n}`, 0.5, 1, undefined, "issued"]),
  );
  const { ending } = await unrenewedCertificates(installation, viewer);
  expect(ending).toMatchObject({ certificates: [], more: true });
  expect(ending.checkedUntil?.getTime()).toBe(NOW.getTime() + 86_400_000);
});

test("without the permission to see certificates nothing is told", async () => {
  const token: Actor = { kind: "token", id: "t", name: "t", scopes: ["audit:read"] };
  await expect(unrenewedCertificates(installation, token)).rejects.toMatchObject({ code: "forbidden" });
  await expect(countValidCertificates(installation, token)).rejects.toMatchObject({ code: "forbidden" });
});
