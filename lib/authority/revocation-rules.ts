import { DomainError, malformed, policyViolation } from "#lib/errors.ts";
import { REVOCATION_REASONS, type RevocationReason } from "#lib/x509/revocation-reason.ts";
import { SERIAL_OCTETS_MAX } from "#lib/x509/serial-text.ts";

/**
 * Whether a certificate may be revoked, held or released. Pure, so that what a dialog or a preview says and what
 * happens cannot disagree.
 */

export type RevocationAction = "revoke" | "hold" | "release";

/** What decides it. */
export interface RevocableFacts {
  /** Lower-case hex. */
  serial: string;
  notBefore: Date;
  notAfter: Date;
  issuerId: string | null;
  issuerName: string;
  /** Whether it is the certificate of a root that is here with its key. */
  isOwnRoot: boolean;
  revocation: { reason: string; revokedAt: Date } | null;
}

/**
 * @param now whole seconds
 * @returns why not; null when it may be done
 */
export function revocationRefusal(
  action: RevocationAction,
  certificate: RevocableFacts,
  now: Date,
): DomainError | null {
  const { revocation, notAfter } = certificate;
  if (certificate.isOwnRoot) {
    return policyViolation(
      "certificate",
      "revocation.root",
      "A root cannot be revoked by a list that it signs itself: take it out of the trust stores of relying parties and out of the trust bundles here, retire it, and revoke what it signed.",
    );
  }
  if (certificate.issuerId === null) {
    return policyViolation(
      "certificate",
      "revocation.issuer",
      `It was not issued by an authority of this installation: only its issuer, ${certificate.issuerName || "which it does not name"}, can revoke it.`,
    );
  }
  // One that does not fit would keep the whole list from being published.
  if (certificate.serial.replace("-", "").length > 2 * SERIAL_OCTETS_MAX) {
    return policyViolation(
      "certificate",
      "revocation.serial",
      `Its serial number has more than ${SERIAL_OCTETS_MAX} octets, which no list of revoked certificates takes (RFC 5280 allows 20).`,
    );
  }
  const isHeld = revocation?.reason === "certificateHold";
  if (revocation !== null && !isHeld) {
    return new DomainError(
      "conflict",
      `It is revoked already, since ${spoken(revocation.revokedAt)} (${titleOf(revocation.reason)})${action === "release" ? ", and a revocation is for good" : ""}.`,
    );
  }
  if (notAfter <= now) {
    return new DomainError(
      "expired",
      `It expired at ${spoken(notAfter)}: no relying party accepts it any more, and lists of revoked certificates leave expired ones out.`,
    );
  }
  if (action === "release" && !isHeld) return new DomainError("conflict", "It is not on hold.");
  if (action === "hold" && isHeld) {
    return new DomainError("conflict", `It is on hold already, since ${spoken(revocation.revokedAt)}.`);
  }
  return null;
}

/**
 * The time of a compromise lies in the life of the certificate, and not in the future (RFC 5280 §5.3.2).
 *
 * @throws DomainError `malformed`
 */
export function checkInvalidAt(invalidAt: Date | null, notBefore: Date, now: Date): void {
  if (invalidAt === null) return;
  const refuse = (detail: string) => malformed("invalidAt", "revocation.invalidAt", detail);
  if (Number.isNaN(invalidAt.getTime())) throw refuse("The time of the compromise is no time.");
  if (invalidAt > now) throw refuse("The time of the compromise lies in the future.");
  if (invalidAt < notBefore) {
    throw refuse(
      `The time of the compromise lies before the certificate became valid, at ${spoken(notBefore)}.`,
    );
  }
}

const titleOf = (reason: string) => REVOCATION_REASONS[reason as RevocationReason]?.title ?? reason;

const spoken = (time: Date) => `${time.toISOString().slice(0, 19)}Z`;
