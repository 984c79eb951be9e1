import type { Transaction } from "#lib/database.ts";
import { isSameSecret, makeLinkToken } from "#lib/identity/link-token.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Whether set-up is done, and the one-time token that allows it. Apart from setup.ts because every
 * start of the server asks for it, and must not wait until the sign-in library is loaded.
 */

const SETUP = "setup";

/** Sealed while set-up is open, so that the same link is printed by each start and each instance. */
type SetupState = { done: true } | { done: false; sealedToken: string };

/** Whether the first admin exists. */
export async function isSetUp(installation: Installation): Promise<boolean> {
  return isSetUpIn(installation.database.read);
}

/** The same inside a transaction. */
export async function isSetUpIn(reader: Pick<Transaction, "setting">): Promise<boolean> {
  return (await readState(reader))?.done === true;
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

/** For the transaction that ends set-up; the token is worth nothing afterwards. */
export async function markSetUp(transaction: Transaction): Promise<void> {
  const done: SetupState = { done: true };
  await transaction.setting.update({ where: { key: SETUP }, data: { value: JSON.stringify(done) } });
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
