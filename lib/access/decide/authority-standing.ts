import type { Denial } from "./decision.ts";
import type { AuthorityView } from "./snapshot.ts";

/**
 * Why nobody is to be believed for whom an authority vouches; null when nothing speaks against it.
 *
 * @param authority undefined when nothing is known of it
 * @param now milliseconds since 1970
 */
export function authorityRefusal(
  authority: AuthorityView | undefined,
  now: number,
): Extract<Denial, `authority-${string}`> | null {
  if (authority === undefined) return null;
  if (authority.state !== "good") return `authority-${authority.state}`;
  // RFC 5280 §4.1.2.5: the last second belongs to it.
  return now >= authority.notAfter + 1_000 ? "authority-expired" : null;
}
