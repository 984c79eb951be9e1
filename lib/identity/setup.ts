import { appendAudit } from "#lib/audit/append.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { isSameSecret, makeLinkToken } from "#lib/identity/link-token.ts";
import { hashPassword, insertUser } from "#lib/identity/new-user.ts";
import { checkNewPassword } from "#lib/identity/password.ts";
import { emailFrom, nameFrom } from "#lib/identity/text-input.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * The first admin comes in by a one-time link that the server prints. Whoever can read the
 * server's output may set it up, and nobody else who happens to reach the console first.
 */

const SETUP = "setup";
const ORGANISATION = "organisation";

/** Sealed while set-up is open, so that the same link is printed by each start and each instance. */
type SetupState = { done: true } | { done: false; sealedToken: string };

export interface FirstAdmin {
  name: string;
  email: string;
  password: string;
  /** Stands in the subject of the authorities. */
  organisation: string;
}

/** Whether the first admin exists. */
export async function isSetUp(installation: Installation): Promise<boolean> {
  return (await readState(installation.database.read))?.done === true;
}

/** The organisation named at set-up, or null before. */
export async function organisationName(installation: Installation): Promise<string | null> {
  const row = await installation.database.read.setting.findUnique({ where: { key: ORGANISATION } });
  return row === null ? null : (JSON.parse(row.value) as string);
}

/**
 * The one-time set-up token, made at the first start. The link is
 * `<publicUrl>/setup#<token>`; it must be printed, never logged.
 *
 * @returns null when set-up is done
 */
export async function ensureSetupToken(installation: Installation): Promise<string | null> {
  const state =
    (await readState(installation.database.read)) ??
    (await installation.database.write(async (transaction) => {
      const present = await readState(transaction);
      if (present !== null) return present;
      const fresh: SetupState = { done: false, sealedToken: seal(installation, makeLinkToken()) };
      await transaction.setting.create({ data: { key: SETUP, value: JSON.stringify(fresh) } });
      return fresh;
    }));
  return state.done ? null : unseal(installation, state.sealedToken);
}

/** Whether a set-up link is the right one, for showing the form. */
export async function isSetupToken(installation: Installation, token: string): Promise<boolean> {
  const state = await readState(installation.database.read);
  return state !== null && !state.done && isSameSecret(token, unseal(installation, state.sealedToken));
}

/**
 * Creates the first admin and ends set-up; the authorities follow under that admin's name.
 *
 * @throws DomainError `conflict` when it is done already, `unauthenticated` for a wrong token,
 * `malformed` for a field
 */
export async function completeSetup(
  installation: Installation,
  token: string,
  input: FirstAdmin,
): Promise<{ userId: string }> {
  if (!(await isSetupToken(installation, token))) throw await refusal(installation);
  const name = nameFrom(input.name, "name");
  const email = emailFrom(input.email);
  const organisation = nameFrom(input.organisation, "organisation");
  checkNewPassword(input.password, { name, email });
  const passwordHash = await hashPassword(installation, input.password);
  const at = installation.clock.now();
  const userId = newId();
  await installation.database.write(async (transaction) => {
    const state = await readState(transaction);
    if (state === null || state.done) throw await refusal(installation);
    await insertUser(transaction, { id: userId, name, email, role: "admin", passwordHash }, at);
    const done: SetupState = { done: true };
    await transaction.setting.update({ where: { key: SETUP }, data: { value: JSON.stringify(done) } });
    await transaction.setting.create({ data: { key: ORGANISATION, value: JSON.stringify(organisation) } });
    await appendAudit(transaction, systemActor("setup"), at, {
      action: "user.created",
      object: { kind: "user", id: userId, name: email },
      details: { role: "admin", name, organisation },
    });
  });
  return { userId };
}

async function refusal(installation: Installation): Promise<DomainError> {
  return (await isSetUp(installation))
    ? new DomainError("conflict", "Countersign is set up already: sign in instead.")
    : new DomainError(
        "unauthenticated",
        "This set-up link is not the right one: use the link that the server printed when it started.",
      );
}

async function readState(reader: Pick<Transaction, "setting">): Promise<SetupState | null> {
  const row = await reader.setting.findUnique({ where: { key: SETUP } });
  return row === null ? null : (JSON.parse(row.value) as SetupState);
}

function seal(installation: Installation, token: string): string {
  return Buffer.from(installation.masterKey.seal(Buffer.from(token), SETUP)).toString("base64");
}

function unseal(installation: Installation, sealed: string): string {
  return Buffer.from(installation.masterKey.open(Buffer.from(sealed, "base64"), SETUP)).toString();
}
