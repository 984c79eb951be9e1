import type { Database } from "#lib/database.ts";
import { queryRows } from "#lib/sql-steps.ts";
import { certificatesOfPem, type InventoryCertificate } from "./inventory-in-memory.ts";
import { authoritiesNamed, idsFound, namelessAuthorities } from "./inventory-search.ts";
import { type RecordedCertificate, recordedCertificates } from "./recorded-certificates.ts";

/** More than any path in use (authority-path.ts). */
const LEVELS_MAX = 8;

/** Authorities of one level; who cannot be told apart by name is not asked for without end. */
const LEVEL_MAX = 2_000;

/**
 * The authorities of these names and all above them, of as many keys as stand under one name. One query or two for
 * each level.
 *
 * @param names of subjects, as `formatName` writes them or as a line has them
 * @param known names of which the authorities are known
 */
export async function authoritiesAbove(
  database: Database,
  names: Iterable<string>,
  known: Iterable<string> = [],
): Promise<RecordedCertificate[]> {
  const found = new Map<string, RecordedCertificate>();
  const asked = new Set(known);
  let open = [...new Set(names)].filter((name) => !asked.has(name));
  for (let level = 0; open.length > 0 && level < LEVELS_MAX; level++) {
    for (const name of open) asked.add(name);
    const named = await idsFound(database, authoritiesNamed(open));
    for (const id of await namelessAuthorities(database, open)) named.add(id);
    const ids = [...named].filter((id) => !found.has(id));
    const read = await recordedCertificates(database, ids.slice(0, LEVEL_MAX));
    for (const each of read) found.set(each.certificate.id, each);
    open = [...new Set(read.map(({ issuerName }) => issuerName))].filter((name) => !asked.has(name));
  }
  return [...found.values()];
}

/** What came along with authorities that were imported, and is perhaps not in the inventory. */
export async function aboveImported(database: Database): Promise<InventoryCertificate[]> {
  const rows = await queryRows(database, `SELECT "issuersAbove" FROM "Authority" WHERE "issuersAbove" <> ''`);
  const certificates = rows.flatMap(({ issuersAbove }) => certificatesOfPem(String(issuersAbove), null));
  return [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()];
}
