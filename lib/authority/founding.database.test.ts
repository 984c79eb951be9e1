import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { getAuthority, listAuthorities } from "#lib/authority/authority-read.ts";
import { foundAuthorities, hasAuthorities } from "#lib/authority/founding.ts";
import { FIRST_PROFILES } from "#lib/authority/profile-rules.ts";

let installation: TestInstallation;
const admin = testActor("admin");
const other = { ...admin, id: "user-other", name: "other@example.test" };

beforeEach(async () => {
  installation = await testInstallation();
});
afterEach(() => installation.close());

const NAMES = ["Root CA", "Server CA", "Client CA", "Workload CA"].map((label) => `Example ${label}`);
const names = async () => (await listAuthorities(installation, admin)).map(({ name }) => name);

/** The same installation, whose process dies after so many writes. */
function interruptedAfter(writes: number): TestInstallation {
  let done = 0;
  return {
    ...installation,
    database: {
      ...installation.database,
      async write(work) {
        if (done++ === writes) throw new Error("interrupted");
        return installation.database.write(work);
      },
    },
  };
}

test.each([1, 3, 6])("founding goes on with what was asked first, after %i steps of it", async (writes) => {
  const first = { organisation: "Example", keyAlgorithm: "ecdsa-p384" as const, intermediateYears: 2 };
  await expect(foundAuthorities(interruptedAfter(writes), admin, first)).rejects.toThrow("interrupted");
  await foundAuthorities(installation, other, { organisation: "Exemple", rootName: "Another Root" });
  expect(await names()).toEqual(NAMES);
  const { keyAlgorithm, notAfter, createdAt } = await getAuthority(
    installation,
    admin,
    "example-workload-ca",
  );
  expect(keyAlgorithm).toBe("ecdsa-p384");
  expect(notAfter.getTime() - createdAt.getTime()).toBe(2 * 365 * 86_400_000);
  expect(await hasAuthorities(installation)).toBe(true);
});

test("two admins at once found one hierarchy", async () => {
  const founded = await Promise.all([
    foundAuthorities(installation, admin, { organisation: "Example" }),
    foundAuthorities(installation, other, { organisation: "Example" }),
    foundAuthorities(installation, other, { organisation: "Example", rootName: "Another Root" }),
  ]);
  expect(new Set(founded.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(await names()).toHaveLength(4);
  expect(await installation.database.read.certificateProfile.count()).toBe(FIRST_PROFILES.length + 1);
});

test("what is refused is not kept: the next try may ask something else", async () => {
  const refused = { organisation: "Example", nameConstraints: ["not a name"] };
  await expect(foundAuthorities(installation, admin, refused)).rejects.toMatchObject({
    code: "policyViolation",
  });
  await expect(
    foundAuthorities(installation, admin, { organisation: "Example", rootYears: 1, intermediateYears: 2 }),
  ).rejects.toMatchObject({ violations: [{ field: "intermediateYears" }] });
  await foundAuthorities(installation, admin, { organisation: "Example" });
  expect(await names()).toEqual(NAMES);
});
