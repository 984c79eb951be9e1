import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createClient } from "#lib/access/client-change.ts";
import { importClients } from "#lib/access/client-import.ts";

const admin = testActor("admin");
let installation: TestInstallation;

beforeEach(async () => {
  installation = await testInstallation();
});
afterEach(() => installation.close());

/** With the Cyrillic letter that looks like an i. */
const LOOK_ALIKE = "b\u0456lling-worker";

test("a client that looks like another one is refused, naming the field and the rule", async () => {
  await createClient(installation, admin, { name: "billing-worker" });
  await expect(createClient(installation, admin, { name: LOOK_ALIKE })).rejects.toMatchObject({
    code: "malformed",
    violations: [
      { field: "name", detail: expect.stringContaining("mixes Latin and Cyrillic letters in one word") },
    ],
  });
  const { created, refused } = await importClients(installation, admin, { text: LOOK_ALIKE, mode: "each" });
  expect(created).toEqual([]);
  expect(refused).toMatchObject([{ findings: [{ field: "name" }] }]);
  await createClient(installation, admin, { name: "Оплата worker" });
});
