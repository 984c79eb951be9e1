import { malformed } from "#lib/errors.ts";
import { unsafeCharacter } from "#lib/x509/unsafe-character.ts";

/** The longest name of a person, a token or an organisation, in characters. */
const NAME_LENGTH_MAX = 100;
/** RFC 5321 §4.5.3.1.3: 256 octets of path, less the angle brackets. */
const EMAIL_LENGTH_MAX = 254;

const EMAIL = /^[^\s@"<>(),:;[\]\\]+@[^\s@."<>(),:;[\]\\]+(?:\.[^\s@."<>(),:;[\]\\]+)*$/;

/**
 * A name as people read it: trimmed, not empty, nothing invisible in it.
 *
 * @param field the input field, for the error
 * @throws DomainError `malformed`
 */
export function nameFrom(text: string, field: string): string {
  const name = text.trim().normalize("NFC");
  if (name === "") throw malformed(field, "identity.name", `The ${field} is empty.`);
  if (name.length > NAME_LENGTH_MAX) {
    throw malformed(field, "identity.name", `The ${field} is longer than ${NAME_LENGTH_MAX} characters.`);
  }
  const unsafe = unsafeCharacter(name);
  if (unsafe !== null) {
    throw malformed(field, "identity.name", `The ${field} holds ${unsafe}, which could disguise it.`);
  }
  return name;
}

/**
 * An e-mail address in lower case, so that one person has one account.
 *
 * @throws DomainError `malformed`
 */
export function emailFrom(text: string): string {
  const email = text.trim().normalize("NFC").toLowerCase();
  if (email.length > EMAIL_LENGTH_MAX || unsafeCharacter(email) !== null || !EMAIL.test(email)) {
    throw malformed("email", "identity.email", "The e-mail address is not one (expected name@domain).");
  }
  return email;
}
