import type { Database } from "#lib/database.ts";
import type { CertificateFilter } from "#lib/inventory/certificate-filter.ts";
import { RISKS } from "#lib/inventory/certificate-risks.ts";
import { type CohortFacts, cohortIssuerName } from "#lib/inventory/cohort.ts";
import { ALWAYS, allOf, anyOf, type Condition, condition, isOneOf } from "#lib/inventory/sql-condition.ts";
import { type TimeDemand, timeDemand } from "#lib/inventory/status-times.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** Cohorts whose certificates pass a filter, as far as their times are as demanded. */
export interface CohortSelection {
  /** The most certificates that can pass: exactly as many when nothing is demanded of times. */
  count: number;
  groups: CohortGroup[];
}

/** Cohorts of which the same times are demanded. */
export interface CohortGroup {
  /** Ids as one parameter, in the form of the database; null for every cohort there is. */
  ids: string | null;
  count: number;
  times: TimeDemand;
}

/**
 * The cohorts that a filter selects. A list of them stands for everything about a filter but times and search.
 */
export async function selectCohorts(
  database: Database,
  filter: CertificateFilter,
  now: Date,
): Promise<CohortSelection> {
  const active = timeDemand(database, filter, "active", now);
  const superseded = timeDemand(database, filter, "superseded", now);
  const isSame = active !== null && superseded !== null && isSameDemand(active, superseded);
  const facts = factsCondition(filter);
  const rows = await queryRows(
    database,
    `SELECT "state", CAST(sum("count") AS BIGINT) AS "count", ${idsText(database)} AS "ids"
     FROM "CertificateCohort" WHERE ${facts.sql} GROUP BY "state"`,
    facts.parameters,
  );
  const found = rows.map((row) => ({
    state: row.state as CohortFacts["state"],
    count: Number(row.count),
    ids: String(row.ids),
  }));
  const groups = found.flatMap(({ state, count, ids }): CohortGroup[] => {
    const times = state === "active" ? active : superseded;
    return times === null || count === 0 ? [] : [{ ids, count, times }];
  });
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const [first] = groups;
  if (first !== undefined && isSame && facts === ALWAYS) {
    return { count, groups: [{ ids: null, count, times: first.times }] };
  }
  return { count, groups };
}

/** The condition that a certificate is in these cohorts and has the times that are demanded. */
export function membership(database: Database, { groups }: CohortSelection): Condition {
  return anyOf(groups.map(({ ids, times }) => allOf([isMember(database, ids), times.condition])));
}

/**
 * Written so that no database goes by the index of cohorts for it: this is asked of entries of another index,
 * along which they come in the right order.
 */
function isMember(database: Database, ids: string | null): Condition {
  if (database.target.provider === "sqlite") {
    return ids === null
      ? condition('+"cohortId" IS NOT NULL')
      : condition('+"cohortId" IN (SELECT "value" FROM json_each(?))', ids);
  }
  return ids === null
    ? condition('"cohortId" IS NOT NULL')
    : condition('"cohortId" + 0 = ANY(CAST(? AS int[]))', ids);
}

function idsText(database: Database): string {
  return database.target.provider === "sqlite" ? 'json_group_array("id")' : 'CAST(array_agg("id") AS text)';
}

function isSameDemand(one: TimeDemand, other: TimeDemand): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function factsCondition(filter: CertificateFilter): Condition {
  const chosen = (column: string, values: readonly string[]) =>
    values.length === 0 ? ALWAYS : isOneOf(column, values);
  return allOf([
    chosen("kind", filter.kind),
    chosen("issuerName", filter.issuer.map(cohortIssuerName)),
    chosen("keyAlgorithm", filter.algorithm),
    chosen("source", filter.source),
    chosen("owner", filter.owner),
    filter.profile.length === 0
      ? ALWAYS
      : condition(
          `"profileId" IN (SELECT "id" FROM "CertificateProfile" WHERE "slug" IN (${filter.profile.map(() => "?").join(", ")}))`,
          ...filter.profile,
        ),
    // A way to say "holds this text" that both databases have and that knows no wildcards.
    filter.tag.length === 0
      ? ALWAYS
      : anyOf(filter.tag.map((tag) => condition(`replace("tags", ?, '') <> "tags"`, `\n${tag}\n`))),
    filter.risk.length === 0
      ? ALWAYS
      : condition(`("risks" & ${filter.risk.reduce((bits, risk) => bits | RISKS[risk].bit, 0)}) <> 0`),
  ]);
}
