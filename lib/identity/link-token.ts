import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Secrets that travel in a link handed to one person. They stand in the fragment, which browsers
 * never send, so that they reach no access log and no Referer header.
 */

/** 32 random bytes in base64url. */
export function makeLinkToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is stored instead of the token. */
export function linkTokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(linkTokenHash(one), "hex"), Buffer.from(linkTokenHash(other), "hex"));
}
