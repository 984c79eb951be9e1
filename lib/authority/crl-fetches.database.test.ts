import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { CHECKING_AGENT, crlFetches, crlFetchKeeper, noteCrlFetch } from "#lib/authority/crl-fetches.ts";

let installation: TestInstallation;
let now = new Date("2026-06-01T00:00:00Z");
const viewer = testActor("viewer");

beforeAll(async () => {
  installation = await testInstallation({ now: () => now });
});
afterAll(() => installation.close());

test("the last fetch of each list is told, and an instance that is behind does not turn it back", async () => {
  expect(await crlFetches(installation, viewer)).toEqual(new Map());
  noteCrlFetch(installation, "clients.crl");
  noteCrlFetch(installation, "clients.pem");
  now = new Date("2026-06-01T00:00:07Z");
  noteCrlFetch(installation, "clients.crl");
  await crlFetchKeeper(installation)();

  now = new Date("2026-06-01T00:00:03Z");
  noteCrlFetch(installation, "clients.crl");
  noteCrlFetch(installation, "servers.crl", "curl/8.0");
  noteCrlFetch(installation, "own.crl", CHECKING_AGENT);
  const keep = crlFetchKeeper(installation);
  await keep();
  expect(await crlFetches(installation, viewer)).toEqual(
    new Map([
      ["clients.crl", new Date("2026-06-01T00:00:07Z")],
      ["clients.pem", new Date("2026-06-01T00:00:00Z")],
      ["servers.crl", new Date("2026-06-01T00:00:03Z")],
    ]),
  );

  // Thousands of fetches are few writes.
  noteCrlFetch(installation, "late.crl");
  await keep();
  expect((await crlFetches(installation, viewer)).has("late.crl")).toBe(false);
  await expect(
    crlFetches(installation, { kind: "token", id: "t", name: "t", scopes: [] }),
  ).rejects.toMatchObject({
    code: "forbidden",
  });
});
