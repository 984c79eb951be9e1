import type { Tone } from "#components/ui/tone.ts";
import { renewalTime } from "#lib/authority/renewal-time.ts";

/** How a certificate is doing: one word, chosen by a fixed priority. */
export interface CertificateState {
  word: "valid" | "renewal due" | "expires soon" | "expired" | "not yet valid" | "renewed";
  tone: Tone;
}

/** The last tenth of a life: an engineer who reads this must act now. */
const SOON = 0.9;

/**
 * The one status of a certificate. What has a successor needs nobody any more, so it is calm
 * whatever its age; the successor has a status of its own.
 *
 * @param now the present time
 */
export function certificateState(
  certificate: { notBefore: Date; notAfter: Date; replacedById: string | null },
  now: Date,
): CertificateState {
  const { notBefore, notAfter, replacedById } = certificate;
  if (notAfter <= now) return { word: "expired", tone: replacedById === null ? "critical" : "neutral" };
  if (replacedById !== null) return { word: "renewed", tone: "neutral" };
  if (notBefore > now) return { word: "not yet valid", tone: "info" };
  if (now.getTime() >= notBefore.getTime() + SOON * (notAfter.getTime() - notBefore.getTime())) {
    return { word: "expires soon", tone: "critical" };
  }
  if (now >= renewalTime(notBefore, notAfter)) return { word: "renewal due", tone: "warn" };
  return { word: "valid", tone: "ok" };
}
