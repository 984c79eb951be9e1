import { type InventoryView, isSelfIssued, type KnownCertificate } from "./inventory-view.ts";

/** The authorities above a certificate, by name. */
export interface AuthorityPath {
  /** The issuer's certificates first, then those of the issuer's issuer, up to the root. */
  levels: readonly (readonly KnownCertificate[])[];
  /**
   * `trusted`: the proxy trusts one of them. `foreign`: they end at a root that it does not trust. `presumed`,
   * `doubtful`: nobody has said what it trusts, and this is likely or not. `unknown`: the root is not known. `stranger`:
   * not even the issuer is.
   */
  standing: (typeof STANDINGS)[number] | "stranger";
}

/** In this order: one that is trusted makes good what stands above it. */
const STANDINGS = ["trusted", "foreign", "presumed", "doubtful", "unknown"] as const;

/** More than any path in use; authorities may certify each other in a circle. */
const LEVELS_MAX = 8;

/**
 * What is known above a certificate. Several keys may stand under one name, which then are all in one level.
 *
 * @param issuer the comparable name of its issuer
 */
export function pathAbove(issuer: string, inventory: InventoryView): AuthorityPath {
  const levels: (readonly KnownCertificate[])[] = [];
  const seen = new Set<string>();
  let names = [issuer];
  while (names.length > 0 && levels.length < LEVELS_MAX) {
    for (const name of names) seen.add(name);
    const level = names.flatMap((name) => inventory.authorities(name));
    if (level.length === 0) break;
    levels.push(level);
    names = [...new Set(level.map((authority) => authority.issuer))].filter((name) => !seen.has(name));
  }
  const standings = new Set(levels.flat().map(({ trust }) => trust));
  const standing = STANDINGS.find((each) => standings.has(each)) ?? "stranger";
  return { levels, standing };
}

/** The authorities of a level that are no roots. */
export function intermediatesOf(level: readonly KnownCertificate[]): KnownCertificate[] {
  return level.filter((authority) => !isSelfIssued(authority));
}

/** How many different keys stand under one name. */
export function keysOf(level: readonly KnownCertificate[]): number {
  return new Set(level.map(({ key }) => key)).size;
}
