import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { insertPerson, PASSWORD, testBrowser } from "#e2e/fixtures/people.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { currentSession } from "#lib/identity/current-session.ts";
import {
  acceptInvitation,
  invite,
  listInvitations,
  offerNewPassword,
  openInvitation,
  revokeInvitation,
} from "#lib/identity/invitations.ts";
import { changeOwnPassword } from "#lib/identity/own-password.ts";
import {
  endOtherSessions,
  endOwnSession,
  endSession,
  listOwnSessions,
  listSessions,
} from "#lib/identity/sessions.ts";
import { signInWithPassword } from "#lib/identity/sign-in.ts";
import { changeRole, disableUser, enableUser, listUsers, removeSecondFactors } from "#lib/identity/users.ts";

let offsetSeconds = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offsetSeconds) };
let installation: TestInstallation;
let root: UserActor;
beforeAll(async () => {
  installation = await testInstallation(clock);
  root = await insertPerson(installation, "admin", "Root");
});
afterAll(() => installation.close());

const userOf = async (id: string) => {
  const user = (await listUsers(installation, root)).find((each) => each.id === id);
  if (user === undefined) throw new Error(`no user ${id}`);
  return user;
};
const tokenOf = (url: string) => new URL(url).hash.slice(1);

let address = 1;
async function signedIn(name: string, password = PASSWORD) {
  const browser = testBrowser(`198.51.100.${address++}`);
  const email = `${name.toLowerCase()}@example.test`;
  browser.keep((await signInWithPassword(installation, browser.caller(), { email, password })).setCookies);
  return browser;
}

test("a new role counts from the next request on", async () => {
  const ada = await insertPerson(installation, "viewer", "Ada");
  const hers = await signedIn("Ada");
  await changeRole(installation, root, { id: ada.id, version: 1, role: "operator" });
  expect((await currentSession(installation, hers.caller()))?.actor.role).toBe("operator");
});

test("the second of two admins is told who was first, and nothing is overwritten", async () => {
  const bob = await insertPerson(installation, "viewer", "Bob");
  await changeRole(installation, root, { id: bob.id, version: 1, role: "auditor" });
  const second = disableUser(installation, testActor("admin"), { id: bob.id, version: 1 });
  await expect(second).rejects.toMatchObject({ code: "conflict", message: /changed by Root/ });
  expect(await userOf(bob.id)).toMatchObject({ role: "auditor", status: "active", version: 2 });
});

test("the last active admin can be neither demoted nor disabled", async () => {
  const { version } = await userOf(root.id);
  for (const change of [
    () => changeRole(installation, root, { id: root.id, version, role: "viewer" }),
    () => disableUser(installation, root, { id: root.id, version }),
  ]) {
    await expect(change()).rejects.toMatchObject({
      code: "policyViolation",
      violations: [{ rule: "user.last-admin" }],
    });
  }
});

test("of two admins who disable each other at the same time, one stays", async () => {
  const one = await insertPerson(installation, "admin", "One");
  const { version } = await userOf(root.id);
  const results = await Promise.allSettled([
    disableUser(installation, root, { id: one.id, version: 1 }),
    disableUser(installation, one, { id: root.id, version }),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const users = await listUsers(installation, testActor("admin"));
  for (const user of users.filter(({ role, status }) => role === "admin" && status === "disabled")) {
    await enableUser(installation, testActor("admin"), { id: user.id, version: user.version });
  }
});

test("a disabled account opens again when it is enabled", async () => {
  const cy = await insertPerson(installation, "viewer", "Cy");
  await disableUser(installation, root, { id: cy.id, version: 1 });
  await expect(signedIn("Cy")).rejects.toMatchObject({ code: "unauthenticated" });
  await enableUser(installation, root, { id: cy.id, version: 2 });
  await signedIn("Cy");
});

test("taking lost second factors off an account ends its sessions", async () => {
  const di = await insertPerson(installation, "viewer", "Di");
  const hers = await signedIn("Di");
  await removeSecondFactors(installation, root, { id: di.id, version: 1 });
  expect(await currentSession(installation, hers.caller())).toBeNull();
});

test("an invitation opens one account, with the role that the admin chose", async () => {
  const link = await invite(installation, root, { email: "Ed@example.test", name: "Ed", role: "operator" });
  expect(link.url).toMatch(/\/invitation#[A-Za-z0-9_-]{43}$/);
  const token = tokenOf(link.url);
  expect(await openInvitation(installation, token)).toMatchObject({
    email: "ed@example.test",
    hasAccount: false,
  });
  await acceptInvitation(installation, token, { name: "Ed Early", password: PASSWORD });
  const his = await signedIn("Ed");
  expect((await currentSession(installation, his.caller()))?.actor.role).toBe("operator");
  await expect(
    acceptInvitation(installation, token, { name: "Eve", password: PASSWORD }),
  ).rejects.toMatchObject({ code: "unauthenticated" });
  const stored = await installation.database.read.invitation.findMany();
  const told = await installation.database.read.auditEvent.findMany();
  expect(JSON.stringify([stored, told])).not.toContain(token);
});

test("a link is over when revoked, replaced or a week old, in the same words as a made-up one", async () => {
  const about = (n: number) => ({ email: `f${n}@example.test`, name: "Fay", role: "viewer" });
  const revoked = await invite(installation, root, about(1));
  await revokeInvitation(installation, root, { id: revoked.id });
  const replaced = await invite(installation, root, about(2));
  await invite(installation, root, about(2));
  const old = await invite(installation, root, about(3));
  offsetSeconds = 7 * 24 * 60 * 60;
  const words = await Promise.all(
    [tokenOf(revoked.url), tokenOf(replaced.url), tokenOf(old.url), "made-up", ""].map((token) =>
      openInvitation(installation, token).catch((error: Error) => error.message),
    ),
  );
  offsetSeconds = 0;
  expect(new Set(words).size).toBe(1);
  expect((await listInvitations(installation, root)).map(({ status }) => status)).toContain("revoked");
});

test("an account cannot be invited again, but gets a link for a new password, which ends its sessions", async () => {
  const gus = await insertPerson(installation, "viewer", "Gus");
  const his = await signedIn("Gus");
  await expect(
    invite(installation, root, { email: "gus@example.test", name: "Gus", role: "admin" }),
  ).rejects.toMatchObject({ code: "conflict" });
  const { url } = await offerNewPassword(installation, root, { userId: gus.id });
  await acceptInvitation(installation, tokenOf(url), { name: "Gus", password: "an entirely new one" });
  expect(await currentSession(installation, his.caller())).toBeNull();
  await signedIn("Gus", "an entirely new one");
  expect((await userOf(gus.id)).role).toBe("viewer");
});

test("changing one's password asks for the old one and ends the other sessions", async () => {
  const hal = await insertPerson(installation, "viewer", "Hal");
  const [here, there] = [await signedIn("Hal"), await signedIn("Hal")];
  const sessionId = (await currentSession(installation, here.caller()))?.sessionId as string;
  const change = { currentPassword: PASSWORD, password: "an entirely new one", sessionId };
  await expect(
    changeOwnPassword(installation, hal, { ...change, currentPassword: "wrong" }),
  ).rejects.toMatchObject({ violations: [{ field: "currentPassword" }] });
  await expect(changeOwnPassword(installation, hal, { ...change, password: "short" })).rejects.toMatchObject({
    violations: [{ field: "password" }],
  });
  await changeOwnPassword(installation, hal, change);
  expect(await currentSession(installation, here.caller())).not.toBeNull();
  expect(await currentSession(installation, there.caller())).toBeNull();
});

test("people see and end their own sessions, not those of others", async () => {
  const ivy = await insertPerson(installation, "viewer", "Ivy");
  const [one, two] = [await signedIn("Ivy"), await signedIn("Ivy")];
  await signedIn("Hal", "an entirely new one");
  const own = await listOwnSessions(installation, ivy);
  expect(own).toHaveLength(2);
  expect(own[0]).toMatchObject({
    userAgent: "test browser",
    address: expect.stringMatching(/^198\.51\.100/),
  });
  expect(JSON.stringify(own)).not.toContain("token");

  const foreign = await installation.database.read.session.findFirstOrThrow({
    where: { userId: { not: ivy.id } },
  });
  await expect(endOwnSession(installation, ivy, { id: foreign.id })).rejects.toMatchObject({
    code: "notFound",
  });
  const here = (await currentSession(installation, one.caller()))?.sessionId as string;
  expect(await endOtherSessions(installation, ivy, { sessionId: here })).toBe(1);
  expect(await currentSession(installation, two.caller())).toBeNull();
  await endSession(installation, root, { id: here });
  expect(await listSessions(installation, root, { userId: ivy.id })).toEqual([]);
});
