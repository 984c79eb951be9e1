import Sqlite from "better-sqlite3";
import pg from "pg";
import { openDriver } from "#lib/driver.ts";
import type { Installation } from "#lib/installation.ts";
import { type CohortFacts, enterCohort } from "#lib/inventory/cohort.ts";
import { inventoryMixture, type MixtureCertificate, type MixtureProfile } from "./inventory-mixture.ts";

/** Rows written in one step. */
const BLOCK = 10_000;

const CERTIFICATE_COLUMNS = [
  "id",
  "serial",
  "issuerId",
  "profileId",
  "kind",
  "displayName",
  "sortName",
  "subject",
  "issuerName",
  "notBefore",
  "notAfter",
  "keyAlgorithm",
  "keySha256",
  "sha256",
  "sha1",
  "source",
  "lineageId",
  "replacesId",
  "createdAt",
  "cohortId",
] as const;
const NAME_COLUMNS = ["id", "certificateId", "type", "value", "reversed"] as const;

type Value = string | number | null;

/**
 * Fills an installation with certificates as they would stand there, two names each, in cohorts whose counts are
 * exact (see inventory-mixture.ts). Indexes are made afterwards, which is much faster. Nothing reads the bodies.
 */
export async function fillCertificates(installation: Installation, count: number): Promise<void> {
  const profiles = await profilesOf(installation);
  const now = Date.now();
  const cohorts = await enterCohorts(installation, inventoryMixture(count, profiles, now));
  const writer = await openWriter(installation);
  let certificates: Value[][] = [];
  let names: Value[][] = [];
  await writer.begin();
  for (const each of inventoryMixture(count, profiles, now)) {
    certificates.push(certificateRow(each, cohorts.get(each.cohortKey) ?? 0));
    names.push(...nameRows(each));
    if (certificates.length < BLOCK) continue;
    await writer.write(certificates, names);
    [certificates, names] = [[], []];
  }
  if (certificates.length > 0) await writer.write(certificates, names);
  await writer.finish();
}

async function profilesOf({ database }: Installation): Promise<MixtureProfile[]> {
  const rows = await database.read.certificateProfile.findMany({
    select: {
      id: true,
      authorityId: true,
      authority: { select: { certificate: { select: { subject: true } } } },
    },
    orderBy: { slug: "asc" },
  });
  return rows.map(({ id, authorityId, authority }) => ({
    id,
    issuerId: authorityId,
    issuerName: authority.certificate.subject,
  }));
}

/** @returns ids of cohorts by their keys */
async function enterCohorts(
  installation: Installation,
  certificates: Iterable<MixtureCertificate>,
): Promise<Map<string, number>> {
  const counts = new Map<string, { facts: CohortFacts; count: number }>();
  for (const { cohortKey, facts } of certificates) {
    const known = counts.get(cohortKey);
    if (known === undefined) counts.set(cohortKey, { facts, count: 1 });
    else known.count++;
  }
  const driver = await openDriver(installation.config.database);
  const ids = await driver.transaction(async (transaction) => {
    const entered = new Map<string, number>();
    for (const [key, { facts, count }] of counts)
      entered.set(key, await enterCohort(transaction, facts, count));
    return entered;
  });
  await driver.close();
  return ids;
}

function certificateRow(each: MixtureCertificate, cohortId: number): Value[] {
  const { facts } = each;
  return [
    each.id,
    each.serial,
    facts.issuerId,
    facts.profileId,
    facts.kind,
    each.displayName,
    each.sortName,
    `CN=${each.displayName},O=Example`,
    facts.issuerName,
    each.notBefore,
    each.notAfter,
    facts.keyAlgorithm,
    each.keySha256,
    each.sha256,
    each.sha1,
    facts.source,
    each.lineageId,
    each.replacesId,
    each.createdAt,
    cohortId,
  ];
}

function nameRows({ id, names }: MixtureCertificate): Value[][] {
  return names.map(({ type, value }, position) => [
    `${id}.${position}`,
    id,
    type,
    value,
    [...value].reverse().join(""),
  ]);
}

interface Writer {
  begin(): Promise<void>;
  write(certificates: readonly Value[][], names: readonly Value[][]): Promise<void>;
  finish(): Promise<void>;
}

async function openWriter({ config: { database } }: Installation): Promise<Writer> {
  return database.provider === "sqlite" ? sqliteWriter(database.file) : postgresqlWriter(database.url);
}

const quoted = (columns: readonly string[]) => columns.map((column) => `"${column}"`).join(", ");

/** A certificate of 710 bytes is usual; the bytes come from the database, so that they need not be sent. */
const BODY_BYTES = 710;

function sqliteWriter(file: string): Writer {
  const connection = new Sqlite(file);
  connection.pragma("synchronous = OFF");
  connection.pragma("foreign_keys = OFF");
  connection.pragma("cache_size = -400000");
  const indexes = connection
    .prepare(
      `SELECT "name", "sql" FROM sqlite_master
       WHERE "type" = 'index' AND "tbl_name" IN ('Certificate', 'CertificateName') AND "sql" IS NOT NULL`,
    )
    .all() as { name: string; sql: string }[];
  const insert = (table: string, columns: readonly string[], constants: Record<string, string> = {}) =>
    connection.prepare(
      `INSERT INTO "${table}" (${quoted([...columns, ...Object.keys(constants)])})
       VALUES (${[...columns.map(() => "?"), ...Object.values(constants)].join(", ")})`,
    );
  const certificate = insert("Certificate", CERTIFICATE_COLUMNS, {
    status: "'issued'",
    requestedBy: "'bench'",
    body: `randomblob(${BODY_BYTES})`,
  });
  const name = insert("CertificateName", NAME_COLUMNS);
  const block = connection.transaction((certificates: readonly Value[][], names: readonly Value[][]) => {
    for (const row of certificates) certificate.run(row);
    for (const row of names) name.run(row);
  });
  return {
    async begin() {
      for (const index of indexes) connection.exec(`DROP INDEX "${index.name}"`);
    },
    async write(certificates, names) {
      block(certificates, names);
    },
    async finish() {
      for (const { sql } of indexes) connection.exec(sql);
      connection.exec("ANALYZE");
      connection.pragma("wal_checkpoint(TRUNCATE)");
      connection.close();
    },
  };
}

const TIMES = new Set(["notBefore", "notAfter", "createdAt"]);

async function postgresqlWriter(connectionString: string): Promise<Writer> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("SET synchronous_commit = off");
  await client.query("SET maintenance_work_mem = '256MB'");
  const { rows: indexes } = await client.query<{ name: string; sql: string }>(
    `SELECT quote_ident(i.relname) AS "name", pg_get_indexdef(i.oid) AS "sql"
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
     WHERE t.relname IN ('Certificate', 'CertificateName') AND NOT x.indisprimary`,
  );
  const insert = async (
    table: string,
    columns: readonly string[],
    rows: readonly Value[][],
    constants: Record<string, string> = {},
  ) => {
    const types = columns.map((column) =>
      TIMES.has(column) ? "float8" : column === "cohortId" ? "int" : "text",
    );
    const values = columns.map((column) =>
      TIMES.has(column) ? `to_timestamp("${column}" / 1000) AT TIME ZONE 'UTC'` : `"${column}"`,
    );
    await client.query(
      `INSERT INTO "${table}" (${quoted([...columns, ...Object.keys(constants)])})
       SELECT ${[...values, ...Object.values(constants)].join(", ")}
       FROM unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(", ")}) AS u(${quoted(columns)})`,
      columns.map((_, index) => rows.map((row) => row[index])),
    );
  };
  return {
    async begin() {
      // What refers to other tables is checked by triggers for each row; the rows are known to be right.
      await client.query("SET session_replication_role = replica");
      for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    },
    async write(certificates, names) {
      await insert("Certificate", CERTIFICATE_COLUMNS, certificates, {
        status: "'issued'",
        requestedBy: "'bench'",
        body: `decode(repeat("sha256", ${Math.round(BODY_BYTES / 32)}), 'hex')`,
      });
      await insert("CertificateName", NAME_COLUMNS, names);
    },
    async finish() {
      for (const { sql } of indexes) await client.query(sql);
      await client.query("VACUUM ANALYZE");
      await client.end();
    },
  };
}
