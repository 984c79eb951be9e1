import type { Database } from "#lib/database.ts";
import { queryRows } from "#lib/sql-steps.ts";

/**
 * A text that becomes another when something changes that diagnoses depend on: clients, authorities and bundles,
 * revocations, CRLs, and certificates that come. One query, of single rows. What two instances do at the same moment may
 * go by unnoticed: whatever is remembered has to end of itself, too.
 */
export async function inventoryMark(database: Database): Promise<string> {
  const [row = {}] = await queryRows(
    database,
    `SELECT "access", "configuration", "revocations",
       (SELECT max("id") FROM "Certificate") AS "certificate",
       (SELECT "status" FROM "Certificate" ORDER BY "id" DESC LIMIT 1) AS "status",
       (SELECT max("id") FROM "Crl") AS "crl"
     FROM "Ground" WHERE "id" = 1`,
  );
  return JSON.stringify(Object.values(row));
}
