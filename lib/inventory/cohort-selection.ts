import type { Database } from "#lib/database.ts";
import type { ColumnValue } from "#lib/driver.ts";
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
  /** Null for every cohort there is. */
  ids: number[] | null;
  count: number;
  times: TimeDemand;
}

/**
 * The cohorts that a filter selects, which stand for everything about it but times and search.
 *
 * @param now whole seconds
 */
export async function selectCohorts(
  database: Database,
  filter: CertificateFilter,
  now: Date,
): Promise<CohortSelection> {
  const demands: Record<CohortFacts["state"], TimeDemand | null> = {
    active: timeDemand(filter, "active", now),
    superseded: timeDemand(filter, "superseded", now),
    held: timeDemand(filter, "held", now),
    revoked: timeDemand(filter, "revoked", now),
  };
  const facts = factsCondition(filter);
  const isSame = new Set(Object.values(demands).map((demand) => JSON.stringify(demand))).size === 1;
  const isAll = facts === ALWAYS && isSame;
  const rows = await queryRows(
    database,
    `SELECT "state", CAST(sum("count") AS BIGINT) AS "count", ${isAll ? "''" : idsText(database)} AS "ids"
     FROM "CertificateCohort" WHERE "count" > 0 AND ${facts.sql} GROUP BY "state"`,
    facts.parameters,
  );
  const groups = rows.flatMap((row): CohortGroup[] => {
    const times = demands[row.state as CohortFacts["state"]];
    if (times === null) return [];
    return [{ ids: isAll ? null : JSON.parse(String(row.ids)), count: Number(row.count), times }];
  });
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const [first] = groups;
  if (first === undefined || !isSame) return { count, groups };
  const ids = isAll ? null : groups.flatMap((group) => group.ids ?? []);
  return { count, groups: [{ ids, count, times: first.times }] };
}

function idsText(database: Database): string {
  return database.target.provider === "sqlite" ? 'json_group_array("id")' : 'CAST(json_agg("id") AS text)';
}

/** In bytes. */
const LONGEST_TEXT = 500_000;

/**
 * That a certificate is in one of these cohorts, asked of the entries of an index that is not that of cohorts, and
 * written so that neither database goes by that one. In SQLite a set of thousands is searched three times as
 * slowly as a text of one byte for each cohort is looked into.
 */
export function isMember(database: Database, ids: readonly number[] | null): Condition {
  if (ids === null) return condition('"cohortId" IS NOT NULL');
  if (database.target.provider === "postgresql") {
    return condition('"cohortId" + 0 = ANY(CAST(? AS int[]))', arrayOf(ids));
  }
  const highest = ids.reduce((most, id) => Math.max(most, id), 0);
  // Ids are never used again: after years of changes the text would be longer than what it saves.
  if (highest > LONGEST_TEXT) {
    return condition('+"cohortId" IN (SELECT "value" FROM json_each(?))', JSON.stringify(ids));
  }
  const isIn = new Uint8Array(highest);
  for (const id of ids) isIn[id - 1] = 1;
  return condition(`substr(?, "cohortId", 1) = x'01'`, isIn);
}

/** The same by the index of cohorts. */
export function isAmong(database: Database, ids: readonly number[]): Condition {
  return database.target.provider === "postgresql"
    ? condition('"cohortId" = ANY(CAST(? AS int[]))', arrayOf(ids))
    : condition('"cohortId" IN (SELECT "value" FROM json_each(?))', JSON.stringify(ids));
}

/** An array as PostgreSQL writes it. */
function arrayOf(ids: readonly number[]): ColumnValue {
  return `{${ids.join(",")}}`;
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
    filter.profile.length === 0 ? ALWAYS : ofProfile(filter.profile),
    filter.tag.length === 0 ? ALWAYS : anyOf(filter.tag.map(hasTag)),
    filter.risk.length === 0 ? ALWAYS : hasRisk(filter.risk),
  ]);
}

function ofProfile(slugs: readonly string[]): Condition {
  const { sql, parameters } = isOneOf("slug", slugs);
  return condition(`"profileId" IN (SELECT "id" FROM "CertificateProfile" WHERE ${sql})`, ...parameters);
}

/** A way to say "holds this text" that both databases have and that knows no wildcards. */
function hasTag(tag: string): Condition {
  return condition(`replace("tags", ?, '') <> "tags"`, `\n${tag}\n`);
}

function hasRisk(risks: CertificateFilter["risk"]): Condition {
  return condition(`("risks" & ${risks.reduce((bits, risk) => bits | RISKS[risk].bit, 0)}) <> 0`);
}
