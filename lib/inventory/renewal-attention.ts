import { addSeconds } from "#lib/clock.ts";

/** How much a certificate that nobody renewed is of concern. */
export type RenewalConcern = "none" | "due" | "urgent" | "expired";

/**
 * Renewal is due after two thirds of a life, and urgent in its last tenth, as the list of certificates shows it.
 * Shares and not days: a certificate of 24 hours is no emergency every morning.
 *
 * @param now whole seconds
 */
export function renewalConcern(
  { notBefore, notAfter }: { notBefore: Date; notAfter: Date },
  now: Date,
): RenewalConcern {
  if (notAfter <= now) return "expired";
  const life = (notAfter.getTime() - notBefore.getTime()) / 1000;
  if (now >= addSeconds(notAfter, -Math.floor(life / 10))) return "urgent";
  if (now >= addSeconds(notAfter, -Math.floor(life / 3))) return "due";
  return "none";
}
