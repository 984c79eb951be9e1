import type { Database } from "#lib/database.ts";
import type { CertificateFilter } from "#lib/inventory/certificate-filter.ts";
import type { CertificateStatus } from "#lib/inventory/certificate-status.ts";
import type { CohortFacts } from "#lib/inventory/cohort.ts";
import { ALWAYS, allOf, anyOf, type Condition, condition } from "#lib/inventory/sql-condition.ts";
import { timeParameter, timeValue } from "#lib/sql-steps.ts";

/** What a filter demands of the times of certificates. */
export interface TimeDemand {
  /** Bounds of notAfter, both inclusive. */
  from: Date | null;
  to: Date | null;
  /** One of these, as far as they follow from times; null when the bounds are all that is demanded. */
  statuses: CertificateStatus[] | null;
  now: Date;
}

const POSSIBLE: Record<CohortFacts["state"], readonly CertificateStatus[]> = {
  active: ["expired", "not-yet-valid", "due", "valid"],
  superseded: ["superseded"],
  held: ["held"],
  revoked: ["revoked"],
};

/**
 * The times at which certificates of a state have one of the statuses of a filter, within its range of expiry.
 *
 * @param now whole seconds
 * @returns null when no time does
 */
export function timeDemand(
  filter: CertificateFilter,
  state: CohortFacts["state"],
  now: Date,
): TimeDemand | null {
  const { status, expiresFrom, expiresTo } = filter;
  const possible = POSSIBLE[state];
  const wanted = possible.filter((each) => status.length === 0 || status.includes(each));
  if (wanted.length === 0) return null;
  if (wanted.length === possible.length) return bounded(expiresFrom, expiresTo, null, now);
  if (!wanted.includes("expired")) {
    const from = latest(expiresFrom, new Date(now.getTime() + 1));
    return bounded(from, expiresTo, wanted, now);
  }
  if (wanted.length > 1) return bounded(expiresFrom, expiresTo, wanted, now);
  return bounded(expiresFrom, earliest(expiresTo, now), null, now);
}

function bounded(
  from: Date | null,
  to: Date | null,
  statuses: CertificateStatus[] | null,
  now: Date,
): TimeDemand | null {
  return from !== null && to !== null && to < from ? null : { from, to, statuses, now };
}

/** Whether nothing is demanded. */
export function isTimeless({ from, to, statuses }: TimeDemand): boolean {
  return from === null && to === null && statuses === null;
}

/**
 * Bounds of notAfter, both inclusive.
 *
 * @param column as it is written: `"notAfter"` for an index to be gone by
 */
export function expiresBetween(
  database: Database,
  { from, to }: Pick<TimeDemand, "from" | "to">,
  column: string,
): Condition {
  const at = timeParameter(database);
  return allOf([
    from === null ? ALWAYS : condition(`${column} >= ${at}`, timeValue(database, from)),
    to === null ? ALWAYS : condition(`${column} <= ${at}`, timeValue(database, to)),
  ]);
}

/**
 * All that is demanded, asked of each entry of an index: written so that PostgreSQL guesses that many meet it, and
 * walks along the index of the order instead of reading the table and sorting it.
 */
export function hasTimes(database: Database, demand: TimeDemand): Condition {
  const { statuses, now } = demand;
  const isSqlite = database.target.provider === "sqlite";
  const asked: Asked = {
    notBefore: isSqlite ? '"notBefore"' : `("notBefore" + interval '0')`,
    notAfter: isSqlite ? '"notAfter"' : `("notAfter" + interval '0')`,
    now: (sql) => condition(sql.replaceAll("NOW", timeParameter(database)), ...times(sql)),
    isSqlite,
  };
  const times = (sql: string) => Array.from(sql.matchAll(/NOW/g), () => timeValue(database, now));
  return allOf([
    expiresBetween(database, demand, asked.notAfter),
    statuses === null ? ALWAYS : anyOf(statuses.map((status) => hasStatus(asked, status))),
  ]);
}

interface Asked {
  notBefore: string;
  notAfter: string;
  /** A condition in which NOW stands for the present time. */
  now(sql: string): Condition;
  isSqlite: boolean;
}

/** The same rules as `certificateStatus`, for certificates whose state allows the status. */
function hasStatus(asked: Asked, status: CertificateStatus): Condition {
  const { notBefore, notAfter } = asked;
  if (status === "expired") return asked.now(`${notAfter} <= NOW`);
  if (status === "not-yet-valid") return asked.now(`${notAfter} > NOW AND ${notBefore} > NOW`);
  const isCurrent = asked.now(`${notAfter} > NOW AND ${notBefore} <= NOW`);
  return allOf([isCurrent, lastThird(asked, status === "due")]);
}

/**
 * Whether the last third of a life has begun: three times the rest is not more than the whole. With whole seconds
 * this is what `renewalConcern` says, without a division.
 */
function lastThird({ notBefore, notAfter, now, isSqlite }: Asked, hasBegun: boolean): Condition {
  const sense = hasBegun ? "<=" : ">";
  return now(
    isSqlite
      ? `${notBefore} + 2 * ${notAfter} ${sense} 3 * NOW`
      : `${notBefore} + (${notAfter} - NOW) + (${notAfter} - NOW) ${sense} NOW`,
  );
}

function latest(one: Date | null, other: Date): Date {
  return one !== null && one > other ? one : other;
}

function earliest(one: Date | null, other: Date): Date {
  return one !== null && one < other ? one : other;
}
