import { appendAudit } from "#lib/audit/append.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { authOf } from "#lib/identity/auth.ts";
import { hashPassword, replacePassword } from "#lib/identity/new-user.ts";
import { checkNewPassword } from "#lib/identity/password.ts";
import { countPasswordTry, forgetWrongPasswords, LOCK_MINUTES } from "#lib/identity/password-attempts.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Asks for the person's password again before something that a thief of an open session must not
 * do. Counts towards the same lock as signing in.
 *
 * @throws DomainError `malformed` for the field currentPassword, or `rateLimited`
 */
export async function proveOwnPassword(
  installation: Installation,
  actor: UserActor,
  password: string,
): Promise<void> {
  const isOpen = await installation.database.write((transaction) =>
    countPasswordTry(transaction, actor.id, installation.clock.now()),
  );
  if (!isOpen) {
    throw new DomainError(
      "rateLimited",
      `Too many wrong passwords: the password is not accepted for ${LOCK_MINUTES} minutes.`,
    );
  }
  const account = await installation.database.read.account.findFirst({
    where: { userId: actor.id, providerId: "credential" },
    select: { password: true },
  });
  const { password: hashing } = await authOf(installation).$context;
  const isRight =
    typeof account?.password === "string" && (await hashing.verify({ hash: account.password, password }));
  if (!isRight) {
    throw malformed("currentPassword", "password.current", "The current password is not right.");
  }
  await installation.database.write((transaction) => forgetWrongPasswords(transaction, actor.id));
}

/**
 * Changes the person's own password and ends their other sessions.
 *
 * @param sessionId the session that stays
 * @throws DomainError as `proveOwnPassword`, or `malformed` for the new one
 */
export async function changeOwnPassword(
  installation: Installation,
  actor: UserActor,
  input: { currentPassword: string; password: string; sessionId: string },
): Promise<void> {
  authorize(actor, "account:manage");
  await proveOwnPassword(installation, actor, input.currentPassword);
  const user = await installation.database.read.user.findUniqueOrThrow({
    where: { id: actor.id },
    select: { name: true, email: true },
  });
  checkNewPassword(input.password, user);
  const passwordHash = await hashPassword(installation, input.password);
  const at = installation.clock.now();
  await installation.database.write(async (transaction) => {
    await replacePassword(transaction, actor.id, passwordHash, at);
    const { count } = await transaction.session.deleteMany({
      where: { userId: actor.id, id: { not: input.sessionId } },
    });
    await appendAudit(transaction, actor, at, {
      action: "password.changed",
      object: { kind: "user", id: actor.id, name: user.email },
      details: { sessionsEnded: count },
    });
  });
}
