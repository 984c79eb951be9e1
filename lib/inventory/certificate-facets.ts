import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { RISK_CODES, RISKS } from "#lib/inventory/certificate-risks.ts";
import { tagsOf } from "#lib/inventory/cohort.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** A value that a filter can be set to, and how many certificates have it. */
export interface Facet {
  value: string;
  name: string;
  count: number;
}

/** What there is to filter by, in the order of names; owners and tags may be hundreds. */
export interface CertificateFacets {
  issuers: Facet[];
  /** By slug. */
  profiles: Facet[];
  algorithms: Facet[];
  /** "" is nobody. */
  owners: Facet[];
  tags: Facet[];
  sources: Facet[];
  risks: Facet[];
}

/**
 * The values that certificates of the whole inventory have, from the cohorts, so that no certificate is looked at.
 *
 * @throws DomainError `forbidden`
 */
export async function certificateFacets(
  installation: Installation,
  actor: Actor,
): Promise<CertificateFacets> {
  authorize(actor, "certificate:read");
  const counted = async (column: string) => {
    const rows = await queryRows(
      installation.database,
      `SELECT "${column}" AS "value", CAST(sum("count") AS BIGINT) AS "count"
       FROM "CertificateCohort" WHERE "count" > 0 GROUP BY "${column}"`,
    );
    return rows
      .filter(({ value }) => value !== null)
      .map(({ value, count }) => ({ value: String(value), name: String(value), count: Number(count) }));
  };
  const [issuers, profileIds, algorithms, owners, tagSets, sources, riskSets, profiles] = await Promise.all([
    counted("issuerName"),
    counted("profileId"),
    counted("keyAlgorithm"),
    counted("owner"),
    counted("tags"),
    counted("source"),
    counted("risks"),
    installation.database.read.certificateProfile.findMany({ select: { id: true, slug: true, name: true } }),
  ]);
  const profileOf = new Map(profiles.map((profile) => [profile.id, profile]));
  return {
    issuers: issuers.sort(byName),
    profiles: profileIds
      .flatMap(({ value, count }) => {
        const profile = profileOf.get(value);
        return profile === undefined ? [] : [{ value: profile.slug, name: profile.name, count }];
      })
      .sort(byName),
    algorithms: algorithms.sort(byName),
    owners: owners.sort(byName),
    tags: spread(tagSets, tagsOf).sort(byName),
    sources: sources.sort(byName),
    risks: RISK_CODES.flatMap((risk) => {
      const { bit, name } = RISKS[risk];
      const count = riskSets.reduce((sum, set) => sum + ((Number(set.value) & bit) === 0 ? 0 : set.count), 0);
      return count === 0 ? [] : [{ value: risk, name, count }];
    }),
  };
}

/** Counts of sets of values as counts of the values. */
function spread(sets: readonly Facet[], valuesOf: (set: string) => string[]): Facet[] {
  const counts = new Map<string, number>();
  for (const { value, count } of sets) {
    for (const each of valuesOf(value)) counts.set(each, (counts.get(each) ?? 0) + count);
  }
  return [...counts].map(([value, count]) => ({ value, name: value, count }));
}

function byName(a: Facet, b: Facet): number {
  return a.name.localeCompare(b.name, "en");
}
