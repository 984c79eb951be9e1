import { DomainError, policyViolation } from "#lib/errors.ts";

/**
 * Whether a certificate may have a successor, as far as its revocation goes: what is on hold is to be decided
 * first, and a key that is revoked does not come back.
 *
 * @param state of its cohort
 * @param isSameKey whether the successor is for the key of the certificate
 * @returns why not; null when it may
 */
export function renewalRefusal(state: string | undefined, isSameKey: boolean): DomainError | null {
  if (state === "held") {
    return new DomainError(
      "conflict",
      "This certificate is on hold: release it or revoke it first, then renew or replace it.",
    );
  }
  if (state === "revoked" && isSameKey) {
    return policyViolation(
      "certificate",
      "renew.revocation",
      "This certificate is revoked and is not renewed for the same key; replace it with one for a new key.",
    );
  }
  return null;
}

/** Refuses to certify a key that somebody else has. */
export function compromisedKey(): DomainError {
  return policyViolation(
    "csr",
    "key.compromise",
    "A certificate with this key was revoked because the key is compromised; make a new key.",
  );
}
