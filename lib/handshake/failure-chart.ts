import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";
import { queryRows, timeOf, timeParameter, timeValue } from "#lib/sql-steps.ts";
import type { Cause } from "./causes.ts";
import { causeOf } from "./failure-view.ts";

export interface ChartSpan {
  from: Date;
  /** Not after it any more. */
  to: Date;
  /** Short names, for one of each. */
  service?: string | undefined;
  proxy?: string | undefined;
}

/** Events of one cause in one bar; `none` are handshakes that went well. */
export interface ChartBar {
  at: Date;
  cause: Cause;
  count: number;
}

const DAY_MS = 86_400_000;
/** Longer charts have a bar for a day. */
const HOURLY_MS = 8 * DAY_MS;
const LONGEST_MS = 400 * DAY_MS;

/**
 * Events over time by cause, from the rollups: by the hour up to eight days, else by the day.
 *
 * @returns bars that are not empty, the oldest first
 * @throws DomainError `forbidden`, `malformed` for a span of more than 400 days
 */
export async function failureChart(
  { database }: Installation,
  actor: Actor,
  { from, to, service, proxy }: ChartSpan,
): Promise<{ step: "hour" | "day"; bars: ChartBar[] }> {
  authorize(actor, "failure:read");
  const span = to.getTime() - from.getTime();
  if (!(span > 0 && span <= LONGEST_MS)) {
    throw malformed("from", "failure.chart", "A chart is of at most 400 days, and begins before it ends.");
  }
  const step = span <= HOURLY_MS ? "hour" : "day";
  const slugs = [service, proxy].filter((slug) => slug !== undefined);
  if (!slugs.every(isReference)) return { step, bars: [] };
  const table = step === "hour" ? "FailureHour" : "FailureDay";
  const time = timeParameter(database);
  const rows = await queryRows(
    database,
    `SELECT "${step}" AS "at", "cause", sum("count") AS "count" FROM "${table}"
     WHERE "${step}" >= ${time} AND "${step}" < ${time}
       ${service === undefined ? "" : 'AND "serviceId" = (SELECT "id" FROM "Service" WHERE "slug" = ?)'}
       ${proxy === undefined ? "" : 'AND "proxyId" = (SELECT "id" FROM "Proxy" WHERE "slug" = ?)'}
     GROUP BY "${step}", "cause" ORDER BY "${step}", "cause"`,
    [timeValue(database, from), timeValue(database, to), ...slugs],
  );
  const bars = rows.map(({ at, cause, count }) => ({
    at: timeOf(at),
    cause: causeOf(String(cause)),
    count: Number(count),
  }));
  return { step, bars };
}
