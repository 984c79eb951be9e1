import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { ROLES, type Role } from "#lib/authorization/permissions.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed, policyViolation } from "#lib/errors.ts";
import { changedMeanwhile } from "#lib/identity/changed-meanwhile.ts";
import { endAllSessions } from "#lib/identity/sessions.ts";
import { roleFrom } from "#lib/identity/user-actor.ts";
import type { Installation } from "#lib/installation.ts";

/** A person as the list of people shows them. */
export interface UserView {
  id: string;
  name: string;
  email: string;
  role: Role;
  status: "active" | "disabled";
  /** Set while wrong passwords keep the account closed for passwords. */
  lockedUntil: Date | null;
  twoFactorEnabled: boolean;
  passkeys: number;
  sessions: number;
  createdAt: Date;
  /** Sent back with a change, so that the second of two admins is told. */
  version: number;
}

/** What a change must name: the person and the version that the admin saw. */
export interface UserChange {
  id: string;
  version: number;
}

/** Everybody, by name. @throws DomainError `forbidden` */
export async function listUsers(installation: Installation, actor: Actor): Promise<UserView[]> {
  authorize(actor, "user:read");
  return readUsers(installation, {});
}

/** One person. @throws DomainError `forbidden`, `notFound` */
export async function getUser(
  installation: Installation,
  actor: Actor,
  input: { id: string },
): Promise<UserView> {
  authorize(actor, "user:read");
  const [user] = await readUsers(installation, { id: input.id });
  if (user === undefined) throw new DomainError("notFound", "There is no such person.");
  return user;
}

/**
 * Gives a person another role; it counts from their next request on.
 *
 * @throws DomainError `forbidden`, `notFound`, `conflict` when somebody else changed the person
 * meanwhile, `policyViolation` for the last admin
 */
export async function changeRole(
  installation: Installation,
  actor: Actor,
  input: UserChange & { role: string },
): Promise<void> {
  authorize(actor, "user:manage");
  const role = ROLES.find((known) => known === input.role);
  if (role === undefined) throw malformed("role", "user.role", "There is no such role.");
  await changeUser(installation, actor, input, async (transaction, user) => {
    if (user.role === role) throw new DomainError("conflict", `${user.email} has the role ${role} already.`);
    if (user.role === "admin" && user.status === "active") {
      await keepAnAdmin(transaction, user.id, "role");
    }
    await transaction.user.update({ where: { id: user.id }, data: { role } });
    return { action: "user.role-changed", details: { from: user.role, to: role } };
  });
}

/** Closes an account and ends its sessions at once. @throws DomainError as `changeRole` */
export async function disableUser(
  installation: Installation,
  actor: Actor,
  input: UserChange,
): Promise<void> {
  authorize(actor, "user:manage");
  await changeUser(installation, actor, input, async (transaction, user) => {
    if (user.status !== "active") throw new DomainError("conflict", `${user.email} is disabled already.`);
    if (user.role === "admin") await keepAnAdmin(transaction, user.id, "status");
    await transaction.user.update({ where: { id: user.id }, data: { status: "disabled" } });
    const sessionsEnded = await endAllSessions(transaction, user.id);
    return { action: "user.disabled", details: { sessionsEnded } };
  });
}

/** Opens a closed account again. @throws DomainError as `changeRole` */
export async function enableUser(installation: Installation, actor: Actor, input: UserChange): Promise<void> {
  authorize(actor, "user:manage");
  await changeUser(installation, actor, input, async (transaction, user) => {
    if (user.status === "active") throw new DomainError("conflict", `${user.email} is active already.`);
    await transaction.user.update({
      where: { id: user.id },
      data: { status: "active", failedSignIns: 0, lockedUntil: null },
    });
    return { action: "user.enabled", details: {} };
  });
}

/**
 * For a lost telephone: takes the person's authenticator app and passkeys off the account and ends
 * their sessions. The password stays.
 *
 * @throws DomainError as `changeRole`
 */
export async function removeSecondFactors(
  installation: Installation,
  actor: Actor,
  input: UserChange,
): Promise<void> {
  authorize(actor, "user:manage");
  await changeUser(installation, actor, input, async (transaction, user) => {
    const totp = await transaction.twoFactor.deleteMany({ where: { userId: user.id } });
    const passkeys = await transaction.passkey.deleteMany({ where: { userId: user.id } });
    await transaction.user.update({ where: { id: user.id }, data: { twoFactorEnabled: false } });
    const sessionsEnded = await endAllSessions(transaction, user.id);
    return {
      action: "user.second-factors-removed",
      details: { totp: totp.count > 0, passkeys: passkeys.count, sessionsEnded },
    };
  });
}

async function readUsers(installation: Installation, where: { id?: string }): Promise<UserView[]> {
  const now = installation.clock.now();
  const rows = await installation.database.read.user.findMany({
    where,
    select: {
      id: true,
      name: true,
      email: true,
      role: true,
      status: true,
      lockedUntil: true,
      twoFactorEnabled: true,
      createdAt: true,
      version: true,
      _count: { select: { passkeys: true, sessions: { where: { expiresAt: { gt: now } } } } },
    },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  return rows.map(({ _count, ...row }) => ({
    ...row,
    role: roleFrom(row.role),
    status: row.status === "active" ? "active" : "disabled",
    lockedUntil: row.lockedUntil !== null && row.lockedUntil > now ? row.lockedUntil : null,
    twoFactorEnabled: row.twoFactorEnabled === true,
    passkeys: _count.passkeys,
    sessions: _count.sessions,
  }));
}

interface StoredUser {
  id: string;
  email: string;
  role: string;
  status: string;
}

async function changeUser(
  installation: Installation,
  actor: Actor,
  { id, version }: UserChange,
  change: (
    transaction: Transaction,
    user: StoredUser,
  ) => Promise<{ action: string; details: Record<string, unknown> }>,
): Promise<void> {
  const at = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const user = await transaction.user.findUnique({
      where: { id },
      select: { id: true, email: true, role: true, status: true, version: true },
    });
    if (user === null) throw new DomainError("notFound", "There is no such person.");
    const object = { kind: "user", id, name: user.email };
    if (user.version !== version) throw await changedMeanwhile(transaction, object);
    const { action, details } = await change(transaction, user);
    await transaction.user.update({ where: { id }, data: { version: version + 1, updatedAt: at } });
    await appendAudit(transaction, actor, at, { action, object, details });
  });
}

async function keepAnAdmin(transaction: Transaction, userId: string, field: string): Promise<void> {
  const others = await transaction.user.count({
    where: { role: "admin", status: "active", id: { not: userId } },
  });
  if (others === 0) {
    throw policyViolation(
      field,
      "user.last-admin",
      "This is the last active admin: make somebody else an admin first.",
    );
  }
}
