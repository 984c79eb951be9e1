import { malformed } from "#lib/errors.ts";

/** NIST SP 800-63B §5.1.1.2 asks for 8 and more; what opens an authority deserves 12. */
export const PASSWORD_LENGTH_MIN = 12;
/** Longer texts only cost hashing time. */
export const PASSWORD_LENGTH_MAX = 128;

/**
 * Checks a new password: its length, and that it is not simply the person's own data or one
 * character. No rules about kinds of characters (SP 800-63B advises against them).
 *
 * @param password as typed
 * @param person whose it is to be
 * @throws DomainError `malformed`
 */
export function checkNewPassword(password: string, person: { name: string; email: string }): void {
  if (password.length < PASSWORD_LENGTH_MIN) {
    throw malformed(
      "password",
      "password.length",
      `The password has ${password.length} characters; at least ${PASSWORD_LENGTH_MIN} are needed.`,
    );
  }
  if (password.length > PASSWORD_LENGTH_MAX) {
    throw malformed(
      "password",
      "password.length",
      `The password is longer than ${PASSWORD_LENGTH_MAX} characters.`,
    );
  }
  const plain = password.toLowerCase();
  if (new Set(plain).size < 5) {
    throw malformed("password", "password.guessable", "The password repeats the same few characters.");
  }
  const own = [person.email, person.name].map((text) => text.toLowerCase().trim());
  if (own.some((text) => text !== "" && (plain === text || plain.replace(/[\d!?.]+$/, "") === text))) {
    throw malformed("password", "password.guessable", "The password is the person's own name or address.");
  }
}
