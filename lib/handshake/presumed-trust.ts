import { isSelfIssued, type KnownCertificate } from "./inventory-view.ts";

/** What it takes to count who stands below whom. */
interface Counted extends Pick<KnownCertificate, "subject" | "issuer" | "isAuthority"> {
  /** How many certificates it stands for; one when absent. */
  weight?: number;
}

/**
 * The roots that a proxy of which nobody has said it probably trusts: those of most of the known certificates. A root
 * of few is rather that of a partner or of a stranger whose certificate was imported.
 *
 * @param certificates all that are known, authorities and others
 * @returns comparable names of roots
 */
export function presumedRoots(certificates: readonly Counted[]): ReadonlySet<string> {
  const authorities = Map.groupBy(
    certificates.filter(({ isAuthority }) => isAuthority),
    ({ subject }) => subject,
  );
  const roots = new Map<string, ReadonlySet<string>>();
  const below = new Map<string, number>();
  let counted = 0;
  for (const { issuer, isAuthority, weight = 1 } of certificates) {
    if (isAuthority) continue;
    const found = roots.get(issuer) ?? rootsAbove(issuer, authorities);
    roots.set(issuer, found);
    if (found.size > 0) counted += weight;
    for (const root of found) below.set(root, (below.get(root) ?? 0) + weight);
  }
  return new Set([...below].filter(([, count]) => 2 * count > counted).map(([root]) => root));
}

/** Names of the roots above an issuer; several, where authorities are certified by more than one. */
function rootsAbove(
  issuer: string,
  authorities: ReadonlyMap<string, readonly Counted[]>,
): ReadonlySet<string> {
  const roots = new Set<string>();
  const seen = new Set<string>();
  const open = [issuer];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const authority of authorities.get(name) ?? []) {
      if (isSelfIssued(authority)) roots.add(name);
      else open.push(authority.issuer);
    }
  }
  return roots;
}
