import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { enterCohort } from "#lib/inventory/cohort.ts";
import { queryRows, sqlSteps } from "#lib/sql-steps.ts";

let installation: TestInstallation;

beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

function add(owner: string): Promise<unknown> {
  const { database } = installation;
  return database.write((transaction) =>
    enterCohort(sqlSteps(database, transaction), {
      ...{ kind: "end-entity", issuerId: null, issuerName: "CN=One", profileId: null },
      ...{ keyAlgorithm: "ecdsa-p256", source: "csr", owner, tags: [], risks: 0, state: "active" },
    }),
  );
}

test("what is written meanwhile is seen by readers outside, and not by those of one state", async () => {
  const { database } = installation;
  const owners = async (from: typeof database) => {
    const rows = await queryRows(from, 'SELECT "owner" FROM "CertificateCohort" ORDER BY "owner"');
    return rows.map(({ owner }) => owner);
  };
  await add("a");
  await database.snapshot(async (state) => {
    expect(await owners(state)).toEqual(["a"]);
    await add("b");
    expect(await owners(database)).toEqual(["a", "b"]);
    expect(await owners(state)).toEqual(["a"]);
    expect(await state.read.certificateCohort.count()).toBe(1);
  });
  expect(await database.snapshot(owners)).toEqual(["a", "b"]);
});

test("work that fails, and much at once, leaves the next one in a state of its own", async () => {
  const { database } = installation;
  await expect(database.snapshot(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const counts = await Promise.all(
    Array.from({ length: 30 }, () => database.snapshot((state) => state.read.certificateCohort.count())),
  );
  expect(new Set(counts)).toEqual(new Set([2]));
});
