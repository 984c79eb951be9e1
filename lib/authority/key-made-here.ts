import type { KeyObject } from "node:crypto";
import { malformed } from "#lib/errors.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { unsafeCharacter } from "#lib/x509/unsafe-character.ts";

/** Whoever has the file can try passwords at leisure: as long as those that open the console. */
const PASSWORD_LENGTH_MIN = 12;
const PASSWORD_LENGTH_MAX = 128;

/**
 * Makes a key that is handed out once.
 *
 * @param pkcs12Password what its file will be encrypted under; absent when it is handed out in clear. Checked
 *   first, because a certificate whose key nobody got would stay behind.
 * @throws DomainError `malformed`, field `password`
 */
export async function makeKeyHere(
  algorithm: KeyAlgorithm,
  pkcs12Password: string | undefined,
): Promise<{ privateKey: KeyObject; spki: Uint8Array }> {
  if (pkcs12Password !== undefined) checkPassword(pkcs12Password);
  return generateKeyPair(algorithm);
}

function checkPassword(password: string): void {
  const refuse = (detail: string) => malformed("password", "pkcs12.password", detail);
  if (password === "") throw refuse("A PKCS#12 file needs a password.");
  if (password.length < PASSWORD_LENGTH_MIN) {
    throw refuse(
      `The password of the file has ${password.length} characters; at least ${PASSWORD_LENGTH_MIN} are needed.`,
    );
  }
  if (password.length > PASSWORD_LENGTH_MAX) {
    throw refuse(`The password of the file is longer than ${PASSWORD_LENGTH_MAX} characters.`);
  }
  const unsafe = unsafeCharacter(password);
  if (unsafe !== null) throw refuse(`The password of the file holds ${unsafe}, which nobody could type.`);
}
