import type { Database } from "#lib/database.ts";
import type { ColumnValue } from "#lib/driver.ts";
import type { CertificateFilter } from "#lib/inventory/certificate-filter.ts";
import type { CertificateStatus } from "#lib/inventory/certificate-status.ts";
import type { CohortFacts } from "#lib/inventory/cohort.ts";
import { ALWAYS, allOf, anyOf, type Condition, condition } from "#lib/inventory/sql-condition.ts";
import { timeParameter, timeValue } from "#lib/sql-steps.ts";

/** What a filter demands of the times of certificates in one state. */
export interface TimeDemand {
  /** Bounds of notAfter, both inclusive. */
  from: Date | null;
  to: Date | null;
  /** Whether the bounds are all that is demanded. */
  isRange: boolean;
  /** All of it, of the columns notBefore and notAfter. */
  condition: Condition;
}

const POSSIBLE: Record<CohortFacts["state"], readonly CertificateStatus[]> = {
  active: ["expired", "not-yet-valid", "due", "valid"],
  superseded: ["expired", "not-yet-valid", "superseded"],
};

/**
 * The times at which certificates of a state have one of the statuses of the filter (the same rules as
 * `certificateStatus`), within the filter's range of expiry.
 *
 * @returns null when no time does
 */
export function timeDemand(
  database: Database,
  filter: CertificateFilter,
  state: CohortFacts["state"],
  now: Date,
): TimeDemand | null {
  const possible = POSSIBLE[state];
  const wanted = possible.filter((status) => filter.status.length === 0 || filter.status.includes(status));
  if (wanted.length === 0) return null;
  const isAny = wanted.length === possible.length;
  const expired = wanted.includes("expired");
  const from =
    isAny || expired ? filter.expiresFrom : latest(filter.expiresFrom, new Date(now.getTime() + 1));
  const to = !isAny && expired && wanted.length === 1 ? earliest(filter.expiresTo, now) : filter.expiresTo;
  if (from !== null && to !== null && to < from) return null;
  const isRange = isAny || (expired && wanted.length === 1);
  return {
    from,
    to,
    isRange,
    condition: allOf([
      between(database, from, to),
      isRange ? ALWAYS : anyOf(wanted.map((status) => conditionOf(database, status, now))),
    ]),
  };
}

/** Bounds of notAfter, both inclusive. */
export function between(database: Database, from: Date | null, to: Date | null): Condition {
  const at = timeParameter(database);
  return allOf([
    from === null ? ALWAYS : condition(`"notAfter" >= ${at}`, timeValue(database as Database, from)),
    to === null ? ALWAYS : condition(`"notAfter" <= ${at}`, timeValue(database as Database, to)),
  ]);
}

function conditionOf(database: Database, status: CertificateStatus, now: Date): Condition {
  const at = timeParameter(database);
  const time = timeValue(database as Database, now);
  switch (status) {
    case "expired":
      return condition(`"notAfter" <= ${at}`, time);
    case "not-yet-valid":
      return condition(`"notAfter" > ${at} AND "notBefore" > ${at}`, time, time);
    case "superseded":
      return condition(`"notAfter" > ${at} AND "notBefore" <= ${at}`, time, time);
    default:
      return allOf([
        condition(`"notAfter" > ${at} AND "notBefore" <= ${at}`, time, time),
        lastThird(database, time, status === "due"),
      ]);
  }
}

/**
 * Whether the last third of a life has begun: three times the rest is not more than the whole. With whole seconds
 * this is what `renewalConcern` says, without a division.
 */
function lastThird(database: Database, time: ColumnValue, begun: boolean): Condition {
  const at = timeParameter(database);
  const sense = begun ? "<=" : ">";
  return database.target.provider === "sqlite"
    ? condition(`"notBefore" + 2 * "notAfter" ${sense} 3 * ?`, time)
    : condition(`"notBefore" + ("notAfter" - ${at}) + ("notAfter" - ${at}) ${sense} ${at}`, time, time, time);
}

function latest(one: Date | null, other: Date): Date {
  return one !== null && one > other ? one : other;
}

function earliest(one: Date | null, other: Date): Date {
  return one !== null && one < other ? one : other;
}
