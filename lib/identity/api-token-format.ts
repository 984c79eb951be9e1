import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * How a token is written: `csn_` for programs and `csp_` for proxies, 40 random base62 characters (238 bits) and the CRC-32 of
 * all that in 6 more. The prefix lets secret scanners recognise a leaked token; the checksum lets
 * a mistyped or made-up one be refused without asking the database.
 */

/** What a token is for. */
export type TokenPrefix = "csn_" | "csp_";

const PREFIX_LENGTH = 4;
const RANDOM_LENGTH = 40;
const CHECKSUM_LENGTH = 6;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SHAPE = new RegExp(`^cs[np]_[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);

/** A new token; shown once and never stored. */
export function makeToken(prefix: TokenPrefix = "csn_"): string {
  const body = prefix + randomBase62(RANDOM_LENGTH);
  return body + checksum(body);
}

/** Whether the text has the shape of a token and its checksum fits. */
export function isWellFormedToken(text: string, prefix: TokenPrefix = "csn_"): boolean {
  if (!text.startsWith(prefix) || !SHAPE.test(text)) return false;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return text.endsWith(checksum(body));
}

/** What is stored instead of the token: its SHA-256 in lower-case hexadecimal. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The recognisable beginning that lists may show; 34 of the 40 random characters stay unknown. */
export function tokenPrefix(token: string): string {
  return token.slice(0, PREFIX_LENGTH + 6);
}

function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 = 4 × 62: bytes above would make the first letters likelier than the others.
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let digit = 0; digit < CHECKSUM_LENGTH; digit++) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
