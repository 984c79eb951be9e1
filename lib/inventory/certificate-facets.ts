import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { RISK_CODES, RISKS } from "#lib/inventory/certificate-risks.ts";
import { tagsOf } from "#lib/inventory/cohort.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** A value that a filter can be set to. */
export interface Facet {
  value: string;
  name: string;
  /** How many certificates have it; absent where not all were looked at. */
  count?: number;
}

/** Owners and tags that are in use. */
export interface AnnotationFacets {
  /** "" is nobody. */
  owners: Facet[];
  tags: Facet[];
}

/** What there is to filter by, in the order of names. */
export interface CertificateFacets extends AnnotationFacets {
  issuers: Facet[];
  /** By slug. */
  profiles: Facet[];
  algorithms: Facet[];
  sources: Facet[];
  risks: Facet[];
  /** Those of which there are more than are here; what is here is the most frequent. */
  cut: ("issuers" | "owners" | "tags")[];
}

/** How much is read. Tests set it low. */
export interface FacetBounds {
  /** Values of one facet. */
  values: number;
  /** Sets of values that certificates have together. */
  sets: number;
}

const USUAL_BOUNDS: FacetBounds = { values: 200, sets: 5_000 };

/**
 * The values that certificates of the whole inventory have, from the cohorts, so that no certificate is looked at.
 * Of owners, tags and issuers, of which there may be one for each certificate, the most frequent.
 *
 * @throws DomainError `forbidden`
 */
export async function certificateFacets(
  installation: Installation,
  actor: Actor,
  bounds: FacetBounds = USUAL_BOUNDS,
): Promise<CertificateFacets> {
  authorize(actor, "certificate:read");
  const { database } = installation;
  const [issuers, owners, tags, few, profiles] = await Promise.all([
    mostFrequent(database, "issuerName", bounds.values),
    mostFrequent(database, "owner", bounds.values),
    mostFrequentTags(database, bounds),
    // Of these there are few, and few that meet.
    queryRows(
      database,
      `SELECT "profileId", "keyAlgorithm", "source", "risks", CAST(sum("count") AS BIGINT) AS "count"
       FROM "CertificateCohort" WHERE "count" > 0 GROUP BY "profileId", "keyAlgorithm", "source", "risks"
       ORDER BY 5 DESC LIMIT ${bounds.sets}`,
    ),
    database.read.certificateProfile.findMany({ select: { id: true, slug: true, name: true } }),
  ]);
  const countOf = (has: (row: (typeof few)[number]) => boolean) =>
    few.reduce((sum, row) => sum + (has(row) ? Number(row.count) : 0), 0);
  const counted = (column: "keyAlgorithm" | "source") =>
    [...new Set(few.map((row) => String(row[column])))]
      .slice(0, bounds.values)
      .map((value) => ({ value, name: value, count: countOf((row) => row[column] === value) }))
      .sort(byName);
  const cut = { issuers, owners, tags };
  return {
    issuers: issuers.facets,
    owners: owners.facets,
    tags: tags.facets,
    cut: (Object.keys(cut) as (keyof typeof cut)[]).filter((name) => cut[name].isCut),
    algorithms: counted("keyAlgorithm"),
    sources: counted("source"),
    profiles: profiles
      .map(({ id, slug, name }) => ({ value: slug, name, count: countOf((row) => row.profileId === id) }))
      .filter(({ count }) => count > 0)
      .sort(byName),
    risks: RISK_CODES.map((risk) => {
      const { bit, name } = RISKS[risk];
      return { value: risk, name, count: countOf((row) => (Number(row.risks) & bit) !== 0) };
    }).filter(({ count }) => count > 0),
  };
}

/**
 * The most frequent owners and tags, to choose from.
 *
 * @throws DomainError `forbidden`
 */
export async function annotationFacets(
  { database }: Installation,
  actor: Actor,
  bounds: FacetBounds = USUAL_BOUNDS,
): Promise<AnnotationFacets> {
  authorize(actor, "certificate:read");
  const [owners, tags] = await Promise.all([
    mostFrequent(database, "owner", bounds.values),
    mostFrequentTags(database, bounds),
  ]);
  return { owners: owners.facets, tags: tags.facets };
}

interface Frequent {
  facets: Facet[];
  /** There are more. */
  isCut: boolean;
}

/** The empty value, which nobody can type, is among them however rare. */
async function mostFrequent(
  database: Database,
  column: "issuerName" | "owner" | "tags",
  max: number,
): Promise<Frequent & { facets: Required<Facet>[] }> {
  const rows = await queryRows(
    database,
    `SELECT "${column}" AS "value", CAST(sum("count") AS BIGINT) AS "count"
     FROM "CertificateCohort" WHERE "count" > 0 GROUP BY "${column}"
     ORDER BY CASE WHEN "${column}" = '' THEN 0 ELSE 1 END, 2 DESC, 1 LIMIT ${max + 1}`,
  );
  const facets = rows.slice(0, max).map(({ value, count }) => ({
    value: String(value),
    name: String(value),
    count: Number(count),
  }));
  return { facets: facets.sort(byName), isCut: rows.length > max };
}

async function mostFrequentTags(database: Database, { values, sets: max }: FacetBounds): Promise<Frequent> {
  const sets = await mostFrequent(database, "tags", max);
  const counts = new Map<string, number>();
  for (const { value, count } of sets.facets) {
    for (const tag of tagsOf(value)) counts.set(tag, (counts.get(tag) ?? 0) + count);
  }
  const tags = [...counts].sort(([, a], [, b]) => b - a);
  return {
    facets: tags
      .slice(0, values)
      .map(([value, count]) => ({ value, name: value, ...(sets.isCut ? {} : { count }) }))
      .sort(byName),
    isCut: sets.isCut || tags.length > values,
  };
}

/** Made once: to compare hundreds by `localeCompare` with a locale makes one each time. */
const COLLATOR = new Intl.Collator("en");

function byName(a: Facet, b: Facet): number {
  return COLLATOR.compare(a.name, b.name);
}
