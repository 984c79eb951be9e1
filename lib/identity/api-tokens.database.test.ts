import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { openDatabase } from "#lib/database.ts";
import { createApiToken, listApiTokens, revokeApiToken } from "#lib/identity/api-tokens.ts";
import { authenticateToken, bearerOf } from "#lib/identity/authenticate-token.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";

const admin = testActor("admin");
let offsetSeconds = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offsetSeconds) };
let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation(clock);
});
afterAll(() => installation.close());

const issuing = { name: "ci", scopes: ["certificate:issue", "certificate:read"], expiresAt: null };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a token acts with its scopes and is stored only as a hash", async () => {
  const { id, token } = await createApiToken(installation, admin, issuing);
  expect(await authenticateToken(installation, token, "192.0.2.1")).toEqual({
    kind: "token",
    id,
    name: "ci",
    scopes: ["certificate:read", "certificate:issue"],
  });
  const row = await installation.database.read.apiToken.findUniqueOrThrow({ where: { id } });
  const events = await installation.database.read.auditEvent.findMany();
  expect(JSON.stringify([row, events])).not.toContain(token);
  expect(events.at(-1)).toMatchObject({ action: "token.created", objectId: id, actorId: admin.id });
});

test("a revoked token is refused within half a second, by another process too", async () => {
  const elsewhere = { ...installation, database: openDatabase(installation.config.database) };
  const { id, token } = await createApiToken(installation, admin, issuing);
  await authenticateToken(elsewhere, token, "192.0.2.1");
  await revokeApiToken(installation, admin, { id });
  await pause(500);
  await expect(authenticateToken(elsewhere, token, "")).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(authenticateToken(installation, token, "")).rejects.toMatchObject({ code: "unauthenticated" });
  await elsewhere.database.close();
});

test("a token stops working at its end, even while it is remembered", async () => {
  const expiresAt = addSeconds(clock.now(), 60);
  const { token } = await createApiToken(installation, admin, { ...issuing, expiresAt });
  await authenticateToken(installation, token, "");
  offsetSeconds = 60;
  await expect(authenticateToken(installation, token, "")).rejects.toMatchObject({ code: "unauthenticated" });
  offsetSeconds = 0;
});

test("every refusal has the same words", async () => {
  const { id, token } = await createApiToken(installation, admin, issuing);
  await revokeApiToken(installation, admin, { id });
  const refusals = await Promise.all(
    [token, "csn_nonsense", undefined, "", token.toUpperCase()].map((bearer) =>
      authenticateToken(installation, bearer, "").catch((error: Error) => error.message),
    ),
  );
  expect(new Set(refusals).size).toBe(1);
});

test("two thousand requests cost a handful of queries", async () => {
  const { token } = await createApiToken(installation, admin, issuing);
  let queries = 0;
  const read = new Proxy(installation.database.read, {
    get(target, property, receiver) {
      if (property === "apiToken" || property === "ground") queries++;
      return Reflect.get(target, property, receiver);
    },
  });
  const watched = { ...installation, database: { ...installation.database, read } };
  for (let n = 0; n < 2_000; n++) await authenticateToken(watched, token, "192.0.2.1");
  expect(queries).toBeLessThan(20);
});

test("last use is written later, with the address", async () => {
  const { id, token } = await createApiToken(installation, admin, issuing);
  await authenticateToken(installation, token, "192.0.2.7");
  await flushTokenUse(installation);
  const shown = (await listApiTokens(installation, admin)).find((row) => row.id === id);
  expect(shown).toMatchObject({ lastUsedFrom: "192.0.2.7", status: "active" });
  expect(shown?.lastUsedAt).toBeInstanceOf(Date);
  expect(shown).not.toHaveProperty("hash");
});

test.each([
  ["an empty name", { ...issuing, name: "  " }, "name"],
  ["a name that hides its direction", { ...issuing, name: "ci\u202egnp" }, "name"],
  ["no scope", { ...issuing, scopes: [] }, "scopes"],
  ["a scope that tokens may not carry", { ...issuing, scopes: ["user:manage"] }, "scopes"],
  ["an end in the past", { ...issuing, expiresAt: new Date(0) }, "expiresAt"],
])("%s is refused and nothing is written", async (_, input, field) => {
  const before = await installation.database.read.apiToken.count();
  const refused = createApiToken(installation, admin, input);
  await expect(refused).rejects.toMatchObject({ code: "malformed", violations: [{ field }] });
  expect(await installation.database.read.apiToken.count()).toBe(before);
});

test("a token cannot be revoked twice, and one that never was is not found", async () => {
  const { id } = await createApiToken(installation, admin, issuing);
  await revokeApiToken(installation, admin, { id });
  await expect(revokeApiToken(installation, admin, { id })).rejects.toMatchObject({ code: "conflict" });
  await expect(revokeApiToken(installation, admin, { id: "none" })).rejects.toMatchObject({
    code: "notFound",
  });
});

test("only an admin makes and revokes tokens; an auditor sees them", async () => {
  for (const role of ["operator", "auditor", "viewer"] as const) {
    const actor = testActor(role);
    await expect(createApiToken(installation, actor, issuing)).rejects.toMatchObject({ code: "forbidden" });
    await expect(revokeApiToken(installation, actor, { id: "x" })).rejects.toMatchObject({
      code: "forbidden",
    });
  }
  expect(await listApiTokens(installation, testActor("auditor"))).not.toHaveLength(0);
  await expect(listApiTokens(installation, testActor("viewer"))).rejects.toMatchObject({
    code: "forbidden",
  });
});

test.each([
  ["Bearer csn_x", "csn_x"],
  ["bearer   csn_x ", "csn_x"],
  ["Basic csn_x", undefined],
  ["csn_x", undefined],
  [undefined, undefined],
])("the header %j carries the token %j", (header, token) => {
  expect(bearerOf(header)).toBe(token);
});
