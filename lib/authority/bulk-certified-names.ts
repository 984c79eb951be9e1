import type { Installation } from "#lib/installation.ts";
import { queryRows, timeOf, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** Names in one query. */
const NAMES_AT_ONCE = 200;

/**
 * Which names have a certificate that is valid and not renewed, and until when. Grouped by the database: a name
 * that has had thousands of certificates hides no other.
 *
 * @param values lower-case, any number
 */
export async function certifiedNames(
  { database, clock }: Pick<Installation, "database" | "clock">,
  values: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const distinct = [...new Set(values)];
  const certified = new Map<string, Date>();
  for (let start = 0; start < distinct.length; start += NAMES_AT_ONCE) {
    const part = distinct.slice(start, start + NAMES_AT_ONCE);
    const rows = await queryRows(
      database,
      `SELECT name."value" AS "value", MAX(certificate."notAfter") AS "until"
       FROM "CertificateName" AS name
       JOIN "Certificate" AS certificate ON certificate."id" = name."certificateId"
       JOIN "CertificateCohort" AS cohort ON cohort."id" = certificate."cohortId"
       WHERE name."value" IN (${part.map(() => "?").join(", ")})
         AND certificate."notAfter" > ${timeParameter(database)}
         AND cohort."kind" = 'end-entity' AND cohort."state" = 'active'
       GROUP BY name."value"`,
      [...part, timeValue(database, clock.now())],
    );
    for (const { value, until } of rows) certified.set(String(value), timeOf(until));
  }
  return certified;
}
