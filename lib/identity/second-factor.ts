import { appendAudit } from "#lib/audit/append.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { type AuthPath, askAuth } from "#lib/identity/ask-auth.ts";
import { type Attempt, closeAttempt, openAttempt } from "#lib/identity/attempt.ts";
import type { Caller } from "#lib/identity/caller.ts";
import { proveOwnPassword } from "#lib/identity/own-password.ts";
import type { Installation } from "#lib/installation.ts";

/** One-time codes from an authenticator app (TOTP, RFC 6238) as the second step of signing in. */

export interface TotpOffer {
  /** `otpauth://totp/…`, to be shown as a QR code; holds the secret. */
  uri: string;
  /** Each opens the account once when the app is lost; shown once. */
  backupCodes: string[];
}

/**
 * Makes a secret for the app. Nothing changes for signing in until `confirmTotp`.
 *
 * @throws DomainError as `proveOwnPassword`, or `conflict` when the second step is on already
 */
export async function offerTotp(
  installation: Installation,
  actor: UserActor,
  caller: Caller,
  input: { currentPassword: string },
): Promise<TotpOffer> {
  authorize(actor, "account:manage");
  await proveOwnPassword(installation, actor, input.currentPassword);
  const answer = await askAuth(installation, caller, "/two-factor/enable", {
    password: input.currentPassword,
  });
  if (answer.status === 400) throw new DomainError("conflict", "Codes from an app are asked for already.");
  const { totpURI, backupCodes } = expectDone(answer, "/two-factor/enable") as {
    totpURI: string;
    backupCodes: string[];
  };
  return { uri: totpURI, backupCodes };
}

/**
 * Switches the second step on, once the app has shown a right code.
 *
 * @returns Set-Cookie values: the session is exchanged for a new one
 * @throws DomainError `malformed` when the code is not right
 */
export async function confirmTotp(
  installation: Installation,
  actor: UserActor,
  caller: Caller,
  input: { code: string },
): Promise<{ setCookies: string[] }> {
  authorize(actor, "account:manage");
  const attempt = await open(installation, actor, "totp.enabled");
  const answer = await askAuth(installation, caller, "/two-factor/verify-totp", {
    code: input.code.replaceAll(" ", ""),
  });
  await close(installation, attempt, answer.status);
  if (answer.status === 401 || answer.status === 400) {
    throw malformed(
      "code",
      "totp.code",
      "The code is not right: is the time of the telephone right, and is it the newest code?",
    );
  }
  expectDone(answer, "/two-factor/verify-totp");
  return { setCookies: answer.setCookies };
}

/** Replaces the backup codes. @throws DomainError as `proveOwnPassword`, or `conflict` when TOTP is off */
export async function regenerateBackupCodes(
  installation: Installation,
  actor: UserActor,
  caller: Caller,
  input: { currentPassword: string },
): Promise<{ backupCodes: string[] }> {
  authorize(actor, "account:manage");
  await proveOwnPassword(installation, actor, input.currentPassword);
  const attempt = await open(installation, actor, "backup-codes.regenerated");
  const answer = await askAuth(installation, caller, "/two-factor/generate-backup-codes", {
    password: input.currentPassword,
  });
  await close(installation, attempt, answer.status);
  if (answer.status === 400) throw new DomainError("conflict", "Codes from an app are not switched on.");
  return expectDone(answer, "/two-factor/generate-backup-codes") as { backupCodes: string[] };
}

/** Switches the second step off. @throws DomainError as `proveOwnPassword`, or `conflict` when it is off */
export async function disableTotp(
  installation: Installation,
  actor: UserActor,
  input: { currentPassword: string },
): Promise<void> {
  authorize(actor, "account:manage");
  await proveOwnPassword(installation, actor, input.currentPassword);
  await installation.database.write(async (transaction) => {
    const { count } = await transaction.twoFactor.deleteMany({ where: { userId: actor.id } });
    if (count === 0) throw new DomainError("conflict", "Codes from an app are off already.");
    await transaction.user.update({ where: { id: actor.id }, data: { twoFactorEnabled: false } });
    await appendAudit(transaction, actor, installation.clock.now(), {
      action: "totp.disabled",
      object: ownAccount(actor),
    });
  });
}

function open(
  installation: Installation,
  actor: UserActor,
  action: "totp.enabled" | "backup-codes.regenerated",
): Promise<Attempt> {
  return installation.database.write((transaction) =>
    openAttempt(transaction, installation.clock.now(), {
      actor,
      action,
      object: ownAccount(actor),
      details: {},
    }),
  );
}

function close(installation: Installation, attempt: Attempt, status: number): Promise<void> {
  return closeAttempt(installation, attempt, {
    outcome: status === 200 ? "done" : status >= 500 ? "failed" : "refused",
  });
}

function ownAccount(actor: UserActor) {
  return { kind: "user", id: actor.id, name: actor.name };
}

function expectDone(answer: { status: number; body: unknown }, path: AuthPath): unknown {
  if (answer.status !== 200) throw new Error(`better-auth answered ${answer.status} to ${path}.`);
  return answer.body;
}
