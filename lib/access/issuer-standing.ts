import type { AuthorityView } from "#lib/access/decide/snapshot.ts";

/** A certificate of an authority. One issuer may have several: of before it was renewed, or of several above it. */
export interface IssuerCertificate {
  /** Stands for all authorities of one name and key (known-issuers.ts). */
  issuer: string;
  /** The one above, likewise; null when there is none that is known here. */
  above: string | null;
  /** Of RFC 5280 §5.3.1 by its name; null when it is not revoked. */
  reason: string | null;
  /** Milliseconds since 1970. */
  notAfter: number;
}

/**
 * How each issuer is, with those above it: it vouches for others as long as one of its certificates is good, below
 * one that is good itself. A key that was compromised vouches for nobody, whichever certificate it has (RFC 5280
 * §5.3.1).
 *
 * @returns by issuer
 */
export function issuerStandings(certificates: readonly IssuerCertificate[]): Map<string, AuthorityView> {
  const issuers = Map.groupBy(certificates, ({ issuer }) => issuer);
  const standings = new Map<string, AuthorityView>([...issuers.keys()].map((issuer) => [issuer, NOTHING]));
  // Good is what is below good, from the top: also where authorities have certified each other in a circle.
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const [issuer, own] of issuers) {
      const before = standings.get(issuer) ?? NOTHING;
      const now = own.some(({ reason }) => reason !== null && COMPROMISED.has(reason))
        ? NOTHING
        : own
            .map((each) => below(each, each.above === null ? ALWAYS : (standings.get(each.above) ?? NOTHING)))
            .reduce(better, NOTHING);
      if (now.state === before.state && now.notAfter === before.notAfter) continue;
      standings.set(issuer, now);
      isChanged = true;
    }
  }
  return standings;
}

/** Whether two readings say the same. */
export function sameStandings(
  one: ReadonlyMap<string, AuthorityView>,
  other: ReadonlyMap<string, AuthorityView>,
): boolean {
  return (
    one.size === other.size &&
    [...one].every(([issuer, { state, notAfter }]) => {
      const also = other.get(issuer);
      return also?.state === state && also.notAfter === notAfter;
    })
  );
}

const NOTHING: AuthorityView = { state: "revoked", notAfter: Number.NEGATIVE_INFINITY };
const ALWAYS: AuthorityView = { state: "good", notAfter: Number.POSITIVE_INFINITY };

const COMPROMISED: ReadonlySet<string> = new Set(["keyCompromise", "cACompromise"]);

const RANKS = ["revoked", "held", "good"] as const;
const rank = ({ state }: AuthorityView) => RANKS.indexOf(state);

function below({ reason, notAfter }: IssuerCertificate, above: AuthorityView): AuthorityView {
  const state = reason === null ? "good" : reason === "certificateHold" ? "held" : "revoked";
  const own: AuthorityView = { state, notAfter };
  const worse = rank(own) < rank(above) ? own : above;
  // Of what is not good the end does not matter, and one that becomes good may end sooner: it would last in a circle.
  return worse.state === "good"
    ? { state: "good", notAfter: Math.min(notAfter, above.notAfter) }
    : { ...NOTHING, state: worse.state };
}

function better(one: AuthorityView, other: AuthorityView): AuthorityView {
  if (rank(one) !== rank(other)) return rank(one) > rank(other) ? one : other;
  return one.notAfter >= other.notAfter ? one : other;
}
