import { renewalConcern } from "#lib/inventory/renewal-attention.ts";

/**
 * The one status of a certificate. The order is the priority: the first that applies is shown. What was renewed
 * needs nobody any more, whatever its age, so that "expired" means those that nothing has replaced.
 */
export const CERTIFICATE_STATUSES = [
  "revoked",
  "held",
  "superseded",
  "expired",
  "not-yet-valid",
  "due",
  "valid",
] as const;

export type CertificateStatus = (typeof CERTIFICATE_STATUSES)[number];

/** Each status in words for lists and filters. */
export const STATUS_NAMES: Record<CertificateStatus, string> = {
  revoked: "Revoked",
  held: "On hold",
  superseded: "Renewed",
  expired: "Expired",
  "not-yet-valid": "Not yet valid",
  due: "Renewal due",
  valid: "Valid",
};

/**
 * @param certificate its validity, and the state of its cohort
 * @param now whole seconds
 */
export function certificateStatus(
  certificate: { notBefore: Date; notAfter: Date; state: string },
  now: Date,
): CertificateStatus {
  const { state } = certificate;
  if (state === "revoked" || state === "held" || state === "superseded") return state;
  if (certificate.notAfter <= now) return "expired";
  if (certificate.notBefore > now) return "not-yet-valid";
  return renewalConcern(certificate, now) === "none" ? "valid" : "due";
}

/** Whether the text names a status. */
export function isCertificateStatus(text: string): text is CertificateStatus {
  return (CERTIFICATE_STATUSES as readonly string[]).includes(text);
}
