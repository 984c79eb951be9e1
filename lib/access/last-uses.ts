import type { Database } from "#lib/database.ts";
import { queryRows, timeOf } from "#lib/sql-steps.ts";

/**
 * When clients were last let in at services, for as long as use by the hour is kept. Each is one step in an index,
 * whatever the number of hours.
 *
 * @returns by the id of the client, a blank and the id of the service; those that never were are not in it
 */
export async function lastUses(
  database: Database,
  clientIds: readonly string[],
  serviceIds: readonly string[],
): Promise<Map<string, Date>> {
  if (clientIds.length === 0 || serviceIds.length === 0) return new Map();
  const places = (ids: readonly string[]) => ids.map(() => "?").join(", ");
  const rows = await queryRows(
    database,
    `SELECT "clientId", "serviceId", (
       SELECT "lastAt" FROM "AccessHour" AS "hours"
       WHERE "hours"."clientId" = "granted"."clientId" AND "hours"."serviceId" = "granted"."serviceId"
         AND "permitted" > 0
       ORDER BY "hour" DESC LIMIT 1
     ) AS "lastAt"
     FROM (
       SELECT DISTINCT "clientId", "serviceId" FROM "Grant"
       WHERE "clientId" IN (${places(clientIds)}) AND "serviceId" IN (${places(serviceIds)})
     ) AS "granted"`,
    [...clientIds, ...serviceIds],
  );
  return new Map(
    rows.flatMap(({ clientId, serviceId, lastAt }) =>
      lastAt === null ? [] : [[`${clientId} ${serviceId}`, timeOf(lastAt)]],
    ),
  );
}
