import { expect, test } from "vitest";
import type { Actor } from "#lib/authorization/actor.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { authorize, isAllowed } from "#lib/authorization/authorize.ts";
import {
  PERMISSIONS,
  type Permission,
  ROLE_DESCRIPTIONS,
  ROLES,
  type Role,
  SCOPES,
} from "#lib/authorization/permissions.ts";

/**
 * The table once more, written by hand: A admin, O operator, U auditor, V viewer, t API token.
 * A change of who may what must be made here too, on purpose.
 */
const EXPECTED: Record<Permission, string> = {
  "certificate:read": "AOUVt",
  "certificate:issue": "AOt",
  "certificate:renew": "AOt",
  "certificate:annotate": "AOt",
  "certificate:import": "AOt",
  "certificate:hold": "AOt",
  "certificate:revoke": "At",
  "crl:manage": "AOt",
  "client:read": "AOUVt",
  "client:manage": "AOt",
  "service:manage": "A",
  "failure:read": "AOUVt",
  "failure:manage": "AOt",
  "authority:read": "AOUVt",
  "authority:create": "A",
  "bundle:change": "A",
  "profile:change": "A",
  "token:read": "AU",
  "token:manage": "A",
  "user:read": "AU",
  "user:manage": "A",
  "audit:read": "AUt",
  "account:manage": "AOUV",
};
const LETTERS: Record<Role, string> = { admin: "A", operator: "O", auditor: "U", viewer: "V" };

const rows = Object.keys(PERMISSIONS) as Permission[];
const userWith = (role: Role): Actor => ({ kind: "user", id: "u", name: "u", role });
const tokenWith = (...scopes: (typeof SCOPES)[number][]): Actor => ({
  kind: "token",
  id: "t",
  name: "t",
  scopes,
});

test.each(rows)("%s is for those it is meant for", (permission) => {
  for (const role of ROLES) {
    expect([role, isAllowed(userWith(role), permission)]).toEqual([
      role,
      EXPECTED[permission].includes(LETTERS[role]),
    ]);
  }
  expect(isAllowed(tokenWith(...SCOPES), permission)).toBe(EXPECTED[permission].includes("t"));
  expect(isAllowed(systemActor("recovery"), permission)).toBe(true);
});

test.each(rows)("a token without the scope %s may not, whatever other scopes it has", (permission) => {
  const others = SCOPES.filter((scope) => scope !== permission);
  expect(isAllowed(tokenWith(...others), permission)).toBe(false);
});

test.each(rows)("being refused %s names the permission", (permission) => {
  expect(() => authorize(tokenWith(), permission)).toThrow(
    expect.objectContaining({ code: "forbidden", message: expect.stringContaining(permission) }),
  );
});

test("who only looks can change nothing", () => {
  const changing = rows.filter((row) => !row.endsWith(":read") && row !== "account:manage");
  for (const role of ["auditor", "viewer"] as const) {
    for (const permission of changing) expect(isAllowed(userWith(role), permission)).toBe(false);
  }
});

test("a token can never make tokens, people or authorities", () => {
  for (const scope of SCOPES) expect(scope).not.toMatch(/^(token|user|account|profile):|:create$/);
});

test("every role says what it is for", () => {
  for (const role of ROLES) expect(ROLE_DESCRIPTIONS[role]).toMatch(/\.$/);
});
