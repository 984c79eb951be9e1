import { type CrlConcern, type CrlState, crlConcern, crlStates } from "#lib/authority/crl-state.ts";
import type { Installation } from "#lib/installation.ts";

/** How the CRL of an authority is doing. */
export interface CrlHealth {
  authorityId: string;
  slug: string;
  name: string;
  /** RFC 5280 §5.2.3; 0 before the first. */
  number: bigint;
  entries: number;
  /** Bytes. */
  size: number;
  /** Null before the first. */
  thisUpdate: Date | null;
  nextUpdate: Date | null;
  /** The worst that is to be said of it. */
  state: CrlConcern;
  /** Since when publishing fails; null when the last attempt succeeded. */
  failingSince: Date | null;
  /** Why it fails; else empty. */
  failure: string;
  /** When the oldest change was made that is not published yet. */
  pendingSince: Date | null;
}

/** The CRLs of all authorities that must publish one, by short name; for health checks and screens. */
export async function crlHealth(installation: Installation): Promise<CrlHealth[]> {
  const now = installation.clock.now();
  return (await crlStates(installation)).map((state) => healthOf(state, now));
}

function healthOf(state: CrlState, now: Date): CrlHealth {
  const { authorityId, slug, name, number, crl, failingSince, failure, pendingSince } = state;
  return {
    authorityId,
    slug,
    name,
    number,
    entries: crl?.entries ?? 0,
    size: crl?.size ?? 0,
    thisUpdate: crl?.thisUpdate ?? null,
    nextUpdate: crl?.nextUpdate ?? null,
    state: crlConcern(state, now),
    failingSince,
    failure,
    pendingSince,
  };
}

/**
 * What is wrong with a list, in words that name the authority; null when nothing is. A list that is due is not
 * wrong, unless it cannot be published.
 */
export function crlProblem(health: CrlHealth): string | null {
  const { slug, nextUpdate, pendingSince, failingSince, failure } = health;
  const because =
    failingSince === null ? "" : `; publishing fails since ${failingSince.toISOString()}: ${failure}`;
  switch (health.state) {
    case "missing":
      return `the CRL of ${slug} is missing${because}`;
    case "expired":
      return `the CRL of ${slug} expired at ${nextUpdate?.toISOString()} and is not served${because}`;
    case "late":
      return pendingSince === null
        ? `the CRL of ${slug} is late: the present one ends at ${nextUpdate?.toISOString()}${because}`
        : `the CRL of ${slug} is late: what changed at ${pendingSince.toISOString()} is not published${because}`;
    default:
      return failingSince === null
        ? null
        : `the CRL of ${slug} cannot be published since ${failingSince.toISOString()}: ${failure}`;
  }
}
