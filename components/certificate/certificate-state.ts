import type { Tone } from "#components/ui/tone.ts";
import {
  type CertificateStatus,
  certificateStatus,
  STATUS_NAMES,
} from "#lib/inventory/certificate-status.ts";
import { renewalConcern } from "#lib/inventory/renewal-attention.ts";

/** How a certificate is doing: its one status, the word for it, and how alarming that is. */
export interface CertificateState {
  status: CertificateStatus;
  word: string;
  tone: Tone;
}

const TONES: Record<CertificateStatus, Tone> = {
  revoked: "critical",
  held: "warn",
  expired: "critical",
  "not-yet-valid": "info",
  superseded: "neutral",
  due: "warn",
  valid: "ok",
};

/** What a status says when nothing more is known of the certificate. */
export function statusTone(status: CertificateStatus): Tone {
  return TONES[status];
}

/** A status as lists write it. */
export function statusWord(status: CertificateStatus): string {
  return STATUS_NAMES[status].toLowerCase();
}

/** What the status of a certificate is made of. */
export interface StatedCertificate {
  notBefore: Date;
  notAfter: Date;
  replacedById: string | null;
  /** As it was read: that it is revoked or held does not change with the time. */
  status: CertificateStatus;
}

/**
 * The one status of a certificate. What has a successor needs nobody any more, so it is calm whatever its age;
 * what has none is critical from the last tenth of its life: an engineer who reads this must act now.
 *
 * @param now the present time
 */
export function certificateState(certificate: StatedCertificate, now: Date): CertificateState {
  const status = certificateStatus({ ...certificate, state: stateOf(certificate) }, now);
  return { status, word: statusWord(status), tone: toneOf(certificate, status, now) };
}

function stateOf({ status, replacedById }: StatedCertificate): string {
  if (status === "revoked" || status === "held") return status;
  return replacedById === null ? "active" : "superseded";
}

function toneOf(
  certificate: { notBefore: Date; notAfter: Date },
  status: CertificateStatus,
  now: Date,
): Tone {
  if (status === "due" && renewalConcern(certificate, now) === "urgent") return "critical";
  return TONES[status];
}
