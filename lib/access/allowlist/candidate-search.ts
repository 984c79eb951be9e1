import { parts, placeholders } from "#lib/access/allowlist/candidate-read.ts";
import type { Database } from "#lib/database.ts";
import type { Row } from "#lib/driver.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** Which certificates of the inventory credentials may fit: rather too many than too few, as each is decided about. */
export interface Found {
  /** Ids of certificates. */
  ids: Set<string>;
  /** SHA-256 fingerprints of credentials whose certificate is not in the inventory. */
  unknown: Set<string>;
}

/** Credentials of one query. */
const SLICE = 1_000;

/** Names are indexed so far (lib/inventory/foreign-names.ts); those of our own certificates whole. */
const NAME_MAX = 500;

/** Sorts behind every character that may follow. */
const AFTER = "\u{10FFFF}";

/**
 * Finds the certificates that credentials fit, ended ones excepted.
 *
 * @param clientIds of these clients only; null for all
 */
export async function findCandidates(
  database: Database,
  clientIds: readonly string[] | null,
): Promise<Found> {
  const found: Found = { ids: new Set(), unknown: new Set() };
  if (clientIds === null) {
    for await (const rows of allCredentials(database)) await searchFor(database, rows, found);
    return found;
  }
  for (const part of parts(clientIds)) {
    const rows = await queryRows(
      database,
      `SELECT ${COLUMNS} FROM "Credential" WHERE "clientId" IN (${placeholders(part)})`,
      part,
    );
    await searchFor(database, rows, found);
  }
  return found;
}

const COLUMNS = '"id", "kind", "sha256", "nameType", "nameValue"';

async function* allCredentials(database: Database): AsyncGenerator<Row[]> {
  for (let after = ""; ; ) {
    const rows = await queryRows(
      database,
      `SELECT ${COLUMNS} FROM "Credential" WHERE "id" > ? ORDER BY "id" LIMIT ${SLICE}`,
      [after],
    );
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < SLICE) return;
    after = String(last.id);
  }
}

async function searchFor(database: Database, credentials: readonly Row[], found: Found): Promise<void> {
  const ofKind = (kind: string) => credentials.filter((row) => row.kind === kind);
  for (const part of parts(ofKind("certificate").map(({ sha256 }) => String(sha256)))) {
    for (const sha256 of part) found.unknown.add(sha256);
    const rows = await ask(database, "Certificate", `"sha256" IN (${placeholders(part)})`, part, '"sha256"');
    for (const { id, sha256 } of rows) {
      found.ids.add(String(id));
      found.unknown.delete(String(sha256));
    }
  }
  for (const part of parts(ofKind("key").map(({ sha256 }) => String(sha256)))) {
    const rows = await ask(database, "Certificate", `"keySha256" IN (${placeholders(part)})`, part);
    for (const { id } of rows) found.ids.add(String(id));
  }
  await searchForNames(database, ofKind("name"), found);
}

/** In the index names are in lower case; whether one fits to the letter is decided later. */
async function searchForNames(database: Database, credentials: readonly Row[], found: Found): Promise<void> {
  const exact = new Set<string>();
  const ranges: { column: "value" | "reversed"; from: string }[] = [];
  for (const { nameType, nameValue } of credentials) {
    const value = String(nameValue).toLowerCase();
    exact.add(value).add(shownText(value, NAME_MAX));
    if (nameType === "dns" && value.startsWith("*.")) {
      ranges.push({ column: "reversed", from: reversed(shownText(value.slice(1), NAME_MAX)) });
    }
    if (nameType === "uri" && value.endsWith("/*")) {
      ranges.push({ column: "value", from: shownText(value.slice(0, -1), NAME_MAX) });
    }
  }
  for (const part of parts([...exact])) {
    const rows = await ask(database, "CertificateName", `"value" IN (${placeholders(part)})`, part);
    for (const { id } of rows) found.ids.add(String(id));
  }
  for (const range of ranges) await searchForRange(database, range, found);
}

/** A pattern may fit a million names: they are read by their places in the index. */
async function searchForRange(
  database: Database,
  { column, from }: { column: "value" | "reversed"; from: string },
  found: Found,
): Promise<void> {
  for (let place = [from, ""]; ; ) {
    const rows = await queryRows(
      database,
      `SELECT "${column}" AS "place", "certificateId" FROM "CertificateName"
       WHERE "${column}" >= ? AND "${column}" < ? AND ("${column}", "certificateId") > (?, ?)
       ORDER BY "${column}", "certificateId" LIMIT ${SLICE}`,
      [place[0] ?? "", `${from}${AFTER}`, ...place],
    );
    for (const { certificateId } of rows) found.ids.add(String(certificateId));
    const last = rows.at(-1);
    if (last === undefined || rows.length < SLICE) return;
    place = [String(last.place), String(last.certificateId)];
    await letOthersRun();
  }
}

async function ask(
  database: Database,
  table: "Certificate" | "CertificateName",
  condition: string,
  parameters: string[],
  more = "",
): Promise<Row[]> {
  const id = table === "Certificate" ? '"id"' : '"certificateId" AS "id"';
  const columns = more === "" ? id : `${id}, ${more}`;
  await letOthersRun();
  return queryRows(database, `SELECT ${columns} FROM "${table}" WHERE ${condition}`, parameters);
}

const reversed = (text: string) => [...text].reverse().join("");
