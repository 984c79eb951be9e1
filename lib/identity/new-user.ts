import type { Role } from "#lib/authorization/permissions.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { authOf } from "#lib/identity/auth.ts";
import type { Installation } from "#lib/installation.ts";

export interface NewUser {
  id: string;
  name: string;
  email: string;
  role: Role;
  passwordHash: string;
}

/** The hash that is stored for a password (scrypt); takes tens of milliseconds, so before a transaction. */
export async function hashPassword(installation: Installation, password: string): Promise<string> {
  const { password: hashing } = await authOf(installation).$context;
  return hashing.hash(password);
}

/**
 * Writes a person and their password in the form in which better-auth reads them.
 *
 * @throws DomainError `conflict` when the e-mail address has an account
 */
export async function insertUser(transaction: Transaction, user: NewUser, at: Date): Promise<void> {
  const taken = await transaction.user.findUnique({ where: { email: user.email }, select: { id: true } });
  if (taken !== null) throw new DomainError("conflict", `There is an account for ${user.email} already.`);
  await transaction.user.create({
    data: {
      id: user.id,
      name: user.name,
      email: user.email,
      // Nothing is sent by e-mail here; the link was handed over by an admin.
      emailVerified: true,
      role: user.role,
      createdAt: at,
      updatedAt: at,
    },
  });
  await transaction.account.create({
    data: {
      id: newId(),
      userId: user.id,
      accountId: user.id,
      providerId: "credential",
      password: user.passwordHash,
      createdAt: at,
      updatedAt: at,
    },
  });
}

/** Replaces a person's password and lifts a lock. */
export async function replacePassword(
  transaction: Transaction,
  userId: string,
  passwordHash: string,
  at: Date,
): Promise<void> {
  await transaction.account.updateMany({
    where: { userId, providerId: "credential" },
    data: { password: passwordHash, updatedAt: at },
  });
  await transaction.user.update({
    where: { id: userId },
    data: { failedSignIns: 0, lockedUntil: null, updatedAt: at },
  });
}
