import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { insertPerson, PASSWORD, testBrowser } from "#e2e/fixtures/people.ts";
import { totpCode } from "#e2e/fixtures/totp.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { currentSession, prolongSession } from "#lib/identity/current-session.ts";
import { confirmTotp, disableTotp, offerTotp, regenerateBackupCodes } from "#lib/identity/second-factor.ts";
import { signOut } from "#lib/identity/sessions.ts";
import { signInWithBackupCode, signInWithPassword, signInWithTotp } from "#lib/identity/sign-in.ts";
import { disableUser } from "#lib/identity/users.ts";

let offsetSeconds = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offsetSeconds) };
let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation(clock);
});
afterAll(() => installation.close());

/** Each test has an address of its own, so that the limits per address do not meet. */
let address = 1;
const browser = () => testBrowser(`192.0.2.${address++}`);

const signIn = (of: ReturnType<typeof browser>, email: string, password = PASSWORD) =>
  signInWithPassword(installation, of.caller(), { email, password });

const eventsAbout = (userId: string) =>
  installation.database.read.auditEvent.findMany({
    where: { objectKind: "user", objectId: userId },
    orderBy: { sequence: "asc" },
  });

test("a person signs in, is somebody, and signs out", async () => {
  const ada = await insertPerson(installation, "operator", "Ada");
  const hers = browser();
  const { step, setCookies } = await signIn(hers, " ADA@example.test");
  expect(step).toBe("done");
  expect(setCookies.join()).toMatch(/HttpOnly/i);
  hers.keep(setCookies);

  const session = await currentSession(installation, hers.caller());
  expect(session?.actor).toMatchObject({
    kind: "user",
    id: ada.id,
    role: "operator",
    name: "Ada <ada@example.test>",
  });
  await signOut(installation, ada, { sessionId: session?.sessionId as string });
  expect(await currentSession(installation, hers.caller())).toBeNull();

  const events = await eventsAbout(ada.id);
  expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    "user.signed-in attempted",
    "user.signed-in done",
    "user.signed-out done",
  ]);
  expect(JSON.parse(events[1]?.details ?? "")).toMatchObject({ method: "password" });
  expect(events[1]?.actorId).toBe(ada.id);
});

test("a wrong password, nobody, and a disabled account hear the same words", async () => {
  await insertPerson(installation, "viewer", "Bob");
  const carol = await insertPerson(installation, "viewer", "Carol");
  await disableUser(installation, testActor("admin"), { id: carol.id, version: 1 });
  const his = browser();
  const words: string[] = [];
  for (const [email, password] of [
    ["bob@example.test", "wrong password"],
    ["nobody@example.test", PASSWORD],
    ["carol@example.test", PASSWORD],
    ["bob@example.test", "x".repeat(5_000)],
  ] as const) {
    await signIn(his, email, password).catch((error) => words.push(`${error.code} ${error.message}`));
  }
  expect(words).toHaveLength(4);
  expect(new Set(words).size).toBe(1);
  expect(words[0]).toMatch(/^unauthenticated /);
});

test("neither password nor session token ever reaches the audit trail", async () => {
  await insertPerson(installation, "viewer", "Dan");
  const his = browser();
  his.keep((await signIn(his, "dan@example.test")).setCookies);
  await signIn(his, "dan@example.test", "a wrong password!").catch(() => {});
  const told = JSON.stringify(await installation.database.read.auditEvent.findMany());
  const tokens = await installation.database.read.session.findMany({ select: { token: true } });
  for (const secret of [PASSWORD, "a wrong password!", ...tokens.map(({ token }) => token)]) {
    expect(told).not.toContain(secret);
  }
});

test("ten wrong passwords lock the account for fifteen minutes, even for the right one", async () => {
  const eve = await insertPerson(installation, "viewer", "Eve");
  for (let n = 0; n < 10; n++) {
    await expect(signIn(browser(), "eve@example.test", "wrong password")).rejects.toMatchObject({
      code: "unauthenticated",
    });
  }
  await expect(signIn(browser(), "eve@example.test")).rejects.toMatchObject({ code: "unauthenticated" });
  expect(JSON.parse((await eventsAbout(eve.id)).at(-1)?.details ?? "")).toMatchObject({ reason: "locked" });
  offsetSeconds += 15 * 60;
  expect((await signIn(browser(), "eve@example.test")).step).toBe("done");
  offsetSeconds = 0;
});

test("many tries at the same time do not get more than ten answers", async () => {
  const finn = await insertPerson(installation, "viewer", "Finn");
  await Promise.all(
    Array.from({ length: 15 }, () => signIn(browser(), "finn@example.test", "wrong").catch(() => {})),
  );
  const locked = (await eventsAbout(finn.id)).filter((event) => event.details.includes('"locked"'));
  expect(locked).toHaveLength(5);
});

test("one address may not try forever, whatever it tries, and leaves no flood of events", async () => {
  const before = await installation.database.read.auditEvent.count();
  const theirs = browser();
  const codes = [];
  for (let n = 0; n < 25; n++) {
    codes.push(await signIn(theirs, `nobody${n}@example.test`).catch((error) => error.code));
  }
  expect(codes.filter((code) => code === "rateLimited")).toHaveLength(5);
  expect((await installation.database.read.auditEvent.count()) - before).toBe(40);
});

test("disabling somebody ends their sessions at once", async () => {
  const gil = await insertPerson(installation, "operator", "Gil");
  const his = browser();
  his.keep((await signIn(his, "gil@example.test")).setCookies);
  await disableUser(installation, testActor("admin"), { id: gil.id, version: 1 });
  expect(await currentSession(installation, his.caller())).toBeNull();
});

test("a forged or foreign cookie is nobody", async () => {
  for (const cookies of ["", "countersign.session_token=abc.def", "countersign.session_token=abc"]) {
    expect(await currentSession(installation, { cookies, requestId: "r" })).toBeNull();
  }
});

test("a session in use is prolonged, one in its first minutes is left alone", async () => {
  const hal = await insertPerson(installation, "viewer", "Hal");
  const his = browser();
  his.keep((await signIn(his, "hal@example.test")).setCookies);
  expect(await prolongSession(installation, his.caller())).toEqual([]);
  const soon = addSeconds(systemClock.now(), 60 * 60);
  await installation.database.write((transaction) =>
    transaction.session.updateMany({ where: { userId: hal.id }, data: { expiresAt: soon } }),
  );
  expect((await prolongSession(installation, his.caller())).join()).toContain("Max-Age=43200");
  const session = await currentSession(installation, his.caller());
  expect(session?.expiresAt.getTime()).toBeGreaterThan(addSeconds(soon, 10 * 60 * 60).getTime());
});

async function withTotp(name: string) {
  const person = await insertPerson(installation, "admin", name);
  const email = `${name.toLowerCase()}@example.test`;
  const theirs = browser();
  theirs.keep((await signIn(theirs, email)).setCookies);
  const offer = await offerTotp(installation, person, theirs.caller(), { currentPassword: PASSWORD });
  const confirmed = await confirmTotp(installation, person, theirs.caller(), { code: totpCode(offer.uri) });
  theirs.keep(confirmed.setCookies);
  return { person, email, theirs, ...offer };
}

test("with codes from an app switched on, the password alone opens nothing", async () => {
  const { person, email, theirs, uri } = await withTotp("Ida");
  expect(await currentSession(installation, theirs.caller())).toMatchObject({
    user: { twoFactorEnabled: true },
  });
  const other = browser();
  const first = await signIn(other, email);
  expect(first.step).toBe("second-step");
  other.keep(first.setCookies);
  expect(await currentSession(installation, other.caller())).toBeNull();

  await expect(signInWithTotp(installation, other.caller(), { code: "000000" })).rejects.toMatchObject({
    code: "unauthenticated",
  });
  const second = await signInWithTotp(installation, other.caller(), { code: totpCode(uri) });
  other.keep(second.setCookies);
  expect((await currentSession(installation, other.caller()))?.actor.id).toBe(person.id);

  const events = (await eventsAbout(person.id)).filter((event) => event.outcome !== "attempted");
  expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    "user.signed-in done",
    "totp.enabled done",
    "user.passed-first-step done",
    "user.signed-in refused",
    "user.signed-in done",
  ]);
});

test("the same code is not accepted twice (RFC 6238 §5.2)", async () => {
  const { email, uri } = await withTotp("Jan");
  const code = totpCode(uri);
  const [one, two] = [browser(), browser()];
  for (const each of [one, two]) each.keep((await signIn(each, email)).setCookies);
  await signInWithTotp(installation, one.caller(), { code });
  await expect(signInWithTotp(installation, two.caller(), { code })).rejects.toMatchObject({
    code: "unauthenticated",
  });
});

test("a code of one person does not finish the sign-in of another", async () => {
  const kim = await withTotp("Kim");
  const lea = await withTotp("Lea");
  // Kim is signed in and has passed the first step for Lea's account.
  const first = await signIn(browser(), lea.email);
  kim.theirs.keep(first.setCookies.filter((cookie) => !cookie.includes("session_token=;")));
  await expect(
    signInWithTotp(installation, kim.theirs.caller(), { code: totpCode(kim.uri) }),
  ).rejects.toMatchObject({ code: "unauthenticated" });
});

test("a backup code opens the account once", async () => {
  const { person, email, backupCodes } = await withTotp("Max");
  const code = backupCodes[0] as string;
  const one = browser();
  one.keep((await signIn(one, email)).setCookies);
  one.keep((await signInWithBackupCode(installation, one.caller(), { code })).setCookies);
  expect((await currentSession(installation, one.caller()))?.actor.id).toBe(person.id);
  const two = browser();
  two.keep((await signIn(two, email)).setCookies);
  await expect(signInWithBackupCode(installation, two.caller(), { code })).rejects.toMatchObject({
    code: "unauthenticated",
  });
});

test("the second step asks for the first", async () => {
  await expect(signInWithTotp(installation, browser().caller(), { code: "123456" })).rejects.toMatchObject({
    code: "unauthenticated",
  });
});

test("changing the second step asks for the password again", async () => {
  const { person, theirs } = await withTotp("Nora");
  const wrong = { currentPassword: "not my password" };
  for (const change of [
    () => regenerateBackupCodes(installation, person, theirs.caller(), wrong),
    () => disableTotp(installation, person, wrong),
    () => offerTotp(installation, person, theirs.caller(), wrong),
  ]) {
    await expect(change()).rejects.toMatchObject({ violations: [{ field: "currentPassword" }] });
  }
  const { backupCodes } = await regenerateBackupCodes(installation, person, theirs.caller(), {
    currentPassword: PASSWORD,
  });
  expect(backupCodes).toHaveLength(10);
  await disableTotp(installation, person, { currentPassword: PASSWORD });
  expect((await signIn(browser(), "nora@example.test")).step).toBe("done");
});
