import type { Database } from "#lib/database.ts";
import type { ColumnValue } from "#lib/driver.ts";
import { cohortIssuerName } from "#lib/inventory/cohort.ts";
import { queryRows, timeOf, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** A certificate that names a foreign issuer, with what is recorded of its revocation. */
export interface InventoryRow {
  id: string;
  serial: string;
  notAfter: Date;
  /** Null when it is neither revoked nor held. */
  reason: string | null;
  revokedAt: Date | null;
  invalidAt: Date | null;
  /** The foreign list that said so. */
  sourceId: string | null;
}

/** Rows read at once, and rows that are compared with a list together: it is read through once for each. */
const PAGE = 500;
const CHUNK = 20_000;

/**
 * The certificates of the inventory that were not issued here and name an issuer. Read page by page along an index, so
 * that a million of them cost bounded memory and hold nobody up.
 *
 * @param issuerName as `Certificate.issuerName` has it
 */
export async function* inventoryChunks(
  database: Database,
  issuerName: string,
): AsyncGenerator<InventoryRow[], void, undefined> {
  const cohorts = await database.read.certificateCohort.findMany({
    where: { issuerId: null, issuerName: cohortIssuerName(issuerName) },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  let chunk: InventoryRow[] = [];
  for (const { id } of cohorts) {
    for await (const page of cohortPages(database, id, issuerName)) {
      chunk.push(...page);
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

async function* cohortPages(
  database: Database,
  cohortId: number,
  issuerName: string,
): AsyncGenerator<InventoryRow[], void, undefined> {
  let after: { notAfter: Date; id: string } | null = null;
  const time = timeParameter(database);
  for (;;) {
    const rows: Record<string, ColumnValue>[] = await queryRows(
      database,
      `SELECT c."id", c."serial", c."notAfter", c."issuerName", r."reason", r."revokedAt", r."invalidAt", r."sourceId"
       FROM "Certificate" c LEFT JOIN "Revocation" r ON r."certificateId" = c."id"
       WHERE c."cohortId" = ? ${after === null ? "" : `AND (c."notAfter", c."id") > (${time}, ?)`}
       ORDER BY c."notAfter", c."id" LIMIT ${PAGE}`,
      after === null ? [cohortId] : [cohortId, timeValue(database, after.notAfter), after.id],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    // Cohorts hold the beginning of a long name only.
    yield rows.filter((row) => row.issuerName === issuerName).map(inventoryRow);
    after = { notAfter: timeOf(last.notAfter), id: String(last.id) };
  }
}

function inventoryRow(row: Record<string, ColumnValue>): InventoryRow {
  return {
    id: String(row.id),
    serial: String(row.serial),
    notAfter: timeOf(row.notAfter),
    reason: row.reason == null ? null : String(row.reason),
    revokedAt: row.revokedAt == null ? null : timeOf(row.revokedAt),
    invalidAt: row.invalidAt == null ? null : timeOf(row.invalidAt),
    sourceId: row.sourceId == null ? null : String(row.sourceId),
  };
}
