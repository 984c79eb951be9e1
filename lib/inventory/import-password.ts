import { malformed } from "#lib/errors.ts";

/**
 * In which header the password of an uploaded file travels: an address would be logged, and the body is the
 * file itself. Percent-encoded UTF-8, because HTTP promises nothing for other characters (RFC 9110 §5.5).
 */
export const IMPORT_PASSWORD_HEADER = "x-import-password";

/**
 * The password in the header.
 *
 * @returns null when there is none
 * @throws DomainError `malformed` for what is no percent-encoding
 */
export function importPassword(header: string | null | undefined): string | null {
  if (header === null || header === undefined || header === "") return null;
  try {
    return decodeURIComponent(header);
  } catch (cause) {
    throw malformed(
      "password",
      "import.password",
      "The password is not percent-encoded UTF-8: write % as %25.",
      cause,
    );
  }
}
