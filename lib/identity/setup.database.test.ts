import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { openDatabase } from "#lib/database.ts";
import { completeSetup, organisationName } from "#lib/identity/setup.ts";
import { ensureSetupToken, isSetUp } from "#lib/identity/setup-state.ts";

let installation: TestInstallation;
beforeEach(async () => {
  installation = await testInstallation();
});
afterEach(() => installation.close());

const first = {
  name: "Ada Admin",
  email: "Ada@Example.test ",
  password: "correct horse battery",
  organisation: "Example Ltd",
};

test("every start and every instance prints the same link until set-up is done", async () => {
  const elsewhere = { ...installation, database: openDatabase(installation.config.database) };
  const [one, two] = await Promise.all([ensureSetupToken(installation), ensureSetupToken(elsewhere)]);
  expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(two).toBe(one);
  expect(await ensureSetupToken(installation)).toBe(one);
  await completeSetup(installation, one as string, first);
  expect(await ensureSetupToken(elsewhere)).toBeNull();
  await elsewhere.database.close();
});

test("the token is nowhere in the database in the clear", async () => {
  const token = (await ensureSetupToken(installation)) as string;
  expect(JSON.stringify(await installation.database.read.setting.findMany())).not.toContain(token);
});

test("the first admin exists afterwards, with a trace in the audit trail", async () => {
  const token = (await ensureSetupToken(installation)) as string;
  expect(await isSetUp(installation)).toBe(false);
  const { userId } = await completeSetup(installation, token, first);
  expect(await isSetUp(installation)).toBe(true);
  expect(await organisationName(installation)).toBe("Example Ltd");
  expect(await installation.database.read.user.findUnique({ where: { id: userId } })).toMatchObject({
    email: "ada@example.test",
    role: "admin",
    status: "active",
  });
  const events = await installation.database.read.auditEvent.findMany();
  expect(events).toMatchObject([{ action: "user.created", objectId: userId, actorKind: "system" }]);
  expect(JSON.stringify(events)).not.toContain(first.password);
});

test("the link works once, also when it is used twice at the same time", async () => {
  const token = (await ensureSetupToken(installation)) as string;
  const results = await Promise.allSettled([
    completeSetup(installation, token, first),
    completeSetup(installation, token, { ...first, email: "eve@example.test" }),
  ]);
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await installation.database.read.user.count()).toBe(1);
  await expect(completeSetup(installation, token, first)).rejects.toMatchObject({ code: "conflict" });
});

test("a wrong token is refused before anything else is looked at", async () => {
  await ensureSetupToken(installation);
  const refused = completeSetup(installation, "wrong", { ...first, password: "short" });
  await expect(refused).rejects.toMatchObject({ code: "unauthenticated" });
});

test.each([
  ["a short password", { password: "eleven char" }, "password"],
  ["the own address as password", { password: "ada@example.test1" }, "password"],
  ["one character many times", { password: "aaaaaaaaaaaaaaaa" }, "password"],
  ["an address without a domain", { email: "ada" }, "email"],
  ["an empty organisation", { organisation: " " }, "organisation"],
  ["a name with a line break", { name: "Ada\nroot" }, "name"],
])("%s is refused naming the field, and set-up stays open", async (_, change, field) => {
  const token = (await ensureSetupToken(installation)) as string;
  const refused = completeSetup(installation, token, { ...first, ...change });
  await expect(refused).rejects.toMatchObject({ code: "malformed", violations: [{ field }] });
  expect(await isSetUp(installation)).toBe(false);
});
