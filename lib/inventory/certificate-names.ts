import type { Database } from "#lib/database.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** A subject alternative name in lower case, as it is searched by; the certificate has it exactly. */
export interface CertificateName {
  type: "dns" | "ip" | "uri" | "email";
  value: string;
}

/** So many names of each certificate are read; some have thousands. */
export const NAMES_MAX = 100;

/**
 * The first alternative names of certificates, in the order of each.
 *
 * @param ids a page's, some hundred at most
 * @returns at most NAMES_MAX by id; certificates without names are left out
 */
export async function readNames(
  database: Database,
  ids: readonly string[],
): Promise<Map<string, CertificateName[]>> {
  if (ids.length === 0) return new Map();
  // A name's id is its certificate's, a dot and its position: those of the first hundred have two digits at most.
  const rows = await queryRows(
    database,
    `SELECT "id", "certificateId", "type", "value" FROM "CertificateName"
     WHERE "certificateId" IN (${ids.map(() => "?").join(", ")}) AND "type" <> 'cn'
       AND length("id") <= length("certificateId") + ${1 + String(NAMES_MAX - 1).length}`,
    ids,
  );
  const names = rows.map((row) => ({
    certificateId: String(row.certificateId),
    position: Number(String(row.id).slice(String(row.certificateId).length + 1)),
    name: { type: row.type as CertificateName["type"], value: String(row.value) },
  }));
  const groups = Map.groupBy(
    names.toSorted((a, b) => a.position - b.position),
    ({ certificateId }) => certificateId,
  );
  return new Map([...groups].map(([id, group]) => [id, group.map(({ name }) => name)]));
}
