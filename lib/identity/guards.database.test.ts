import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { type Permission, ROLES, roleAllows, SCOPES } from "#lib/authorization/permissions.ts";
import { createApiToken, listApiTokens, revokeApiToken } from "#lib/identity/api-tokens.ts";
import { invite, listInvitations, offerNewPassword, revokeInvitation } from "#lib/identity/invitations.ts";
import { endSession, listSessions } from "#lib/identity/sessions.ts";
import {
  changeRole,
  disableUser,
  enableUser,
  getUser,
  listUsers,
  removeSecondFactors,
} from "#lib/identity/users.ts";
import type { Installation } from "#lib/installation.ts";

/** Every function of this room that acts on others, with what it needs. */
const GUARDED: [string, Permission, (of: Installation, as: Actor) => Promise<unknown>][] = [
  ["listUsers", "user:read", (of, as) => listUsers(of, as)],
  ["getUser", "user:read", (of, as) => getUser(of, as, { id: "x" })],
  ["changeRole", "user:manage", (of, as) => changeRole(of, as, { id: "x", version: 1, role: "admin" })],
  ["disableUser", "user:manage", (of, as) => disableUser(of, as, { id: "x", version: 1 })],
  ["enableUser", "user:manage", (of, as) => enableUser(of, as, { id: "x", version: 1 })],
  ["removeSecondFactors", "user:manage", (of, as) => removeSecondFactors(of, as, { id: "x", version: 1 })],
  ["invite", "user:manage", (of, as) => invite(of, as, { email: "not one", name: "", role: "" })],
  ["listInvitations", "user:read", (of, as) => listInvitations(of, as)],
  ["offerNewPassword", "user:manage", (of, as) => offerNewPassword(of, as, { userId: "x" })],
  ["revokeInvitation", "user:manage", (of, as) => revokeInvitation(of, as, { id: "x" })],
  ["listSessions", "user:read", async (of, as) => listSessions(of, as, { userId: "x" })],
  ["endSession", "user:manage", async (of, as) => endSession(of, as, { id: "x" })],
  ["listApiTokens", "token:read", (of, as) => listApiTokens(of, as)],
  [
    "createApiToken",
    "token:manage",
    (of, as) => createApiToken(of, as, { name: "", scopes: [], expiresAt: null }),
  ],
  ["revokeApiToken", "token:manage", (of, as) => revokeApiToken(of, as, { id: "x" })],
];

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

/** Arguments are wrong on purpose: who may not, must not learn even that. */
const codeOf = (outcome: Promise<unknown>) =>
  outcome.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

test.each(GUARDED)("%s needs %s and nothing else will do", async (_, permission, call) => {
  for (const role of ROLES) {
    const refused = (await codeOf(call(installation, testActor(role)))) === "forbidden";
    expect([role, refused]).toEqual([role, !roleAllows(role, permission)]);
  }
  const token: Actor = { kind: "token", id: "t", name: "t", scopes: SCOPES };
  expect(await codeOf(call(installation, token))).toBe("forbidden");
});
