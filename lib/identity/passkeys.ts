import { appendAudit } from "#lib/audit/append.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { askAuth } from "#lib/identity/ask-auth.ts";
import { closeAttempt, openAttempt } from "#lib/identity/attempt.ts";
import type { Caller } from "#lib/identity/caller.ts";
import { nameFrom } from "#lib/identity/text-input.ts";
import type { Installation } from "#lib/installation.ts";

/** A person's own passkeys (WebAuthn). */

export interface PasskeyView {
  id: string;
  name: string;
  createdAt: Date | null;
  /** Whether the authenticator keeps a copy elsewhere, e.g. in a password manager. */
  backedUp: boolean;
}

/** The person's passkeys, oldest first. */
export async function listOwnPasskeys(installation: Installation, actor: UserActor): Promise<PasskeyView[]> {
  authorize(actor, "account:manage");
  const rows = await installation.database.read.passkey.findMany({
    where: { userId: actor.id },
    select: { id: true, name: true, createdAt: true, backedUp: true },
    orderBy: { id: "asc" },
  });
  return rows.map((row) => ({ ...row, name: row.name ?? "Passkey" }));
}

/**
 * What the browser's dialog needs to make a passkey.
 *
 * @throws DomainError `forbidden` when the sign-in is longer ago than an hour
 */
export async function passkeyCreationOptions(
  installation: Installation,
  actor: UserActor,
  caller: Caller,
): Promise<{ options: unknown; setCookies: string[] }> {
  authorize(actor, "account:manage");
  const answer = await askAuth(installation, caller, "/passkey/generate-register-options");
  if (answer.status === 403) throw tooLongAgo();
  if (answer.status !== 200) throw new Error(`better-auth answered ${answer.status} to passkey options.`);
  return { options: answer.body, setCookies: answer.setCookies };
}

/**
 * Keeps a passkey that the browser has made.
 *
 * @param input `response`: PublicKeyCredential.toJSON() of the browser
 * @throws DomainError `malformed` when it cannot be verified
 */
export async function addPasskey(
  installation: Installation,
  actor: UserActor,
  caller: Caller,
  input: { name: string; response: Record<string, unknown> },
): Promise<void> {
  authorize(actor, "account:manage");
  const name = nameFrom(input.name, "name");
  const attempt = await installation.database.write((transaction) =>
    openAttempt(transaction, installation.clock.now(), {
      actor,
      action: "passkey.added",
      object: { kind: "user", id: actor.id, name: actor.name },
      details: { passkey: name },
    }),
  );
  const answer = await askAuth(installation, caller, "/passkey/verify-registration", {
    name,
    response: input.response,
  });
  await closeAttempt(installation, attempt, {
    outcome: answer.status === 200 ? "done" : "refused",
  });
  if (answer.status === 403) throw tooLongAgo();
  if (answer.status !== 200) {
    throw malformed(
      "passkey",
      "passkey.registration",
      "The passkey could not be verified: begin again, at the address at which the console is set up.",
    );
  }
}

/** Removes one of the person's passkeys. @throws DomainError `notFound` */
export async function removeOwnPasskey(
  installation: Installation,
  actor: UserActor,
  input: { id: string },
): Promise<void> {
  authorize(actor, "account:manage");
  await installation.database.write(async (transaction) => {
    const passkey = await transaction.passkey.findFirst({
      where: { id: input.id, userId: actor.id },
      select: { name: true },
    });
    if (passkey === null) throw new DomainError("notFound", "There is no such passkey.");
    await transaction.passkey.deleteMany({ where: { id: input.id, userId: actor.id } });
    await appendAudit(transaction, actor, installation.clock.now(), {
      action: "passkey.removed",
      object: { kind: "user", id: actor.id, name: actor.name },
      details: { passkey: passkey.name },
    });
  });
}

function tooLongAgo(): DomainError {
  return new DomainError(
    "forbidden",
    "Adding a passkey needs a sign-in within the last hour: sign out, sign in and try again.",
  );
}
