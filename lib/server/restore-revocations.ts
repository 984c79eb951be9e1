import type { AuditEntry } from "#lib/audit/append.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import type { StoredValue } from "#lib/database-snapshot.ts";
import type { ColumnValue, Row } from "#lib/driver.ts";
import { type CohortFacts, changeCohort } from "#lib/inventory/cohort.ts";
import {
  type LostDecisions,
  olderMigration,
  oneLine,
  replacedMigration,
} from "#lib/server/restore-decisions.ts";
import type { SqlSteps } from "#lib/sql-steps.ts";

/** Since when databases know revocations. */
const SINCE = "0003_revocation";

/** What became of the revocations that the replaced database knew. */
export interface CarriedRevocations {
  /** Written into the new database, which then knows them as the replaced one did. */
  carried: number;
  /** What whoever restores has to do, because it could not be written. */
  again: LostDecisions[];
  /** The events that tell of it. */
  entries: AuditEntry[];
}

/** A revocation of the replaced database. */
interface Replaced {
  certificateId: string;
  serial: string;
  name: string;
  reason: string;
  revokedAt: number;
  invalidAt: number | null;
  comment: string;
  requestedBy: string;
}

/**
 * Carries over what was revoked or held since the backup: what relying parties have been told must not be taken
 * back by an older state of the database. What foreign CRLs say is not carried over; they say it again.
 *
 * Only when the replaced database is readable.
 *
 * @param at whole seconds
 */
export async function carryRevocations(replacement: Replacement, at: Date): Promise<CarriedRevocations> {
  const found: CarriedRevocations = { carried: 0, again: [], entries: [] };
  if ((await replacedMigration(replacement)) < SINCE) return found;
  const isKept = (await olderMigration(replacement)) >= SINCE;
  if (isKept) await keepNumbers(replacement);
  const forgotten: string[] = [];
  const ids = new Set<string>();
  for await (const slice of replacement.queryReplaced(REVOCATIONS)) {
    const revocations = slice.map(replacedOf);
    for (const { certificateId } of revocations) ids.add(certificateId);
    const known = isKept ? await knownAmong(replacement, revocations) : new Map<string, Known>();
    const changed: (Replaced & Known)[] = [];
    for (const revocation of revocations) {
      const there = known.get(revocation.certificateId);
      if (there === undefined) forgotten.push(spoken(revocation));
      else if (isNews(revocation, there)) changed.push({ ...revocation, ...there });
    }
    await write(replacement, changed, at);
    found.carried += changed.length;
    found.entries.push(...changed.map(auditEntry));
  }
  if (forgotten.length > 0)
    found.again.push({ kind: "revocationsForgotten", sentence: FORGOTTEN, names: forgotten });
  const released = isKept ? await releasedSince(replacement, ids) : [];
  if (released.length > 0) found.again.push({ kind: "holdsReleased", sentence: RELEASED, names: released });
  return found;
}

/** The numbers of CRLs that were published since the backup stay used, also when a clock was ahead then. */
async function keepNumbers(replacement: Replacement): Promise<void> {
  const numbers = 'SELECT "authorityId", CAST("number" AS TEXT) AS "number" FROM "CrlPublication"';
  const raise = 'UPDATE "CrlPublication" SET "number" = ? WHERE "authorityId" = ? AND "number" < ?';
  for await (const slice of replacement.queryReplaced(numbers)) {
    for (const { authorityId, number } of slice) {
      await replacement.query(raise, [String(number), String(authorityId), String(number)]);
    }
  }
}

const FORGOTTEN =
  "Certificates that were revoked or held and that the backup does not know, or cannot hold as such: import them where they are missing and revoke them again";
const RELEASED =
  "Certificates whose hold was released after the backup and that are on hold again: release them";

/** Times as text, which every driver gives alike. */
const REVOCATIONS = `SELECT r."certificateId" AS "certificateId", r."serial" AS "serial", c."displayName" AS "name",
    r."reason" AS "reason", CAST(r."revokedAt" AS TEXT) AS "revokedAt", CAST(r."invalidAt" AS TEXT) AS "invalidAt",
    r."comment" AS "comment", r."requestedBy" AS "requestedBy"
  FROM "Revocation" r JOIN "Certificate" c ON c."id" = r."certificateId" WHERE r."issuerId" IS NOT NULL`;

function replacedOf(row: Record<string, StoredValue>): Replaced {
  return {
    certificateId: String(row.certificateId),
    serial: String(row.serial),
    name: String(row.name),
    reason: String(row.reason),
    revokedAt: timeOf(String(row.revokedAt)),
    invalidAt: row.invalidAt == null ? null : timeOf(String(row.invalidAt)),
    comment: String(row.comment),
    requestedBy: String(row.requestedBy),
  };
}

/** Milliseconds in SQLite; in PostgreSQL a time in UTC that does not say so. */
function timeOf(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : Date.parse(`${text.replace(" ", "T")}Z`);
}

/** What the backup knows of a certificate. */
interface Known {
  issuerId: string;
  notAfter: number;
  present: { reason: string; revokedAt: number } | null;
}

async function knownAmong(
  replacement: Replacement,
  revocations: readonly Replaced[],
): Promise<Map<string, Known>> {
  const rows = await replacement.query(
    `SELECT c."id" AS "id", c."issuerId" AS "issuerId", CAST(c."notAfter" AS TEXT) AS "notAfter",
       r."reason" AS "reason", CAST(r."revokedAt" AS TEXT) AS "revokedAt"
     FROM "Certificate" c LEFT JOIN "Revocation" r ON r."certificateId" = c."id"
     WHERE c."issuerId" IS NOT NULL AND c."status" = 'issued' AND c."id" IN (${revocations.map(() => "?").join(", ")})`,
    revocations.map(({ certificateId }) => certificateId),
  );
  return new Map(
    rows.map((row) => [
      String(row.id),
      {
        issuerId: String(row.issuerId),
        notAfter: timeOf(String(row.notAfter)),
        present:
          row.reason === null
            ? null
            : { reason: String(row.reason), revokedAt: timeOf(String(row.revokedAt)) },
      },
    ]),
  );
}

function isNews({ reason, revokedAt }: Replaced, { present }: Known): boolean {
  if (present === null) return true;
  // A revocation is for good, so only a hold can have become something else.
  return (
    present.reason === "certificateHold" && (present.reason !== reason || present.revokedAt !== revokedAt)
  );
}

async function write(
  replacement: Replacement,
  changed: readonly (Replaced & Known)[],
  at: Date,
): Promise<void> {
  const table = replacement.tables.find(({ name }) => name === "Revocation");
  if (changed.length === 0 || table === undefined) return;
  const changes = new Map<string, number>();
  for (const [issuerId, own] of Map.groupBy(changed, (each) => each.issuerId)) {
    const [row] = await replacement.query(
      `UPDATE "CrlPublication" SET "changes" = "changes" + ?, "pendingSince" = coalesce("pendingSince", ?)
       WHERE "authorityId" = ? RETURNING "changes"`,
      [own.length, replacement.time(at), issuerId],
    );
    changes.set(issuerId, Number(row?.changes));
  }
  const ids = changed.map(({ certificateId }) => certificateId);
  const some = ids.map(() => "?").join(", ");
  await replacement.query(`DELETE FROM "Revocation" WHERE "certificateId" IN (${some})`, ids);
  const rows = changed.map(({ name: _, present: __, ...row }) => ({
    ...row,
    sourceId: null,
    change: changes.get(row.issuerId) ?? 0,
    publishedAt: null,
  }));
  await replacement.insert(
    table,
    rows.map((row) => table.columns.map(([name]) => row[name as keyof typeof row])),
  );
  const states = new Map(changed.map(({ certificateId, reason }) => [certificateId, stateOf(reason)]));
  await changeCohort(stepsOf(replacement), ids, (facts, id) => ({
    ...facts,
    state: states.get(id) ?? facts.state,
  }));
}

const stateOf = (reason: string): CohortFacts["state"] => (reason === "certificateHold" ? "held" : "revoked");

/** The statements of the inventory, in the new database. */
function stepsOf(replacement: Replacement): SqlSteps {
  const query = (sql: string, parameters: readonly ColumnValue[] = []) =>
    replacement.query(
      sql,
      parameters.map((value) => (value instanceof Date ? replacement.time(value) : value)),
    );
  return {
    all: async (sql, parameters) => (await query(sql, parameters)) as Row[],
    run: async (sql, parameters) => (await query(sql, parameters)).length,
  };
}

/** Holds of the backup that the replaced database does not know any more. */
async function releasedSince(replacement: Replacement, before: ReadonlySet<string>): Promise<string[]> {
  const rows = await replacement.query(
    `SELECT c."id" AS "id", c."displayName" AS "name", c."serial" AS "serial"
     FROM "Revocation" r JOIN "Certificate" c ON c."id" = r."certificateId"
     WHERE r."issuerId" IS NOT NULL AND r."reason" = 'certificateHold'`,
  );
  return rows
    .filter(({ id }) => !before.has(String(id)))
    .map(({ name, serial }) => `${oneLine(name)} (serial number ${serial})`);
}

function spoken({ name, serial, reason }: Replaced): string {
  return `${oneLine(name)} (serial number ${serial}, ${reason})`;
}

function auditEntry({ certificateId, name, serial, reason, revokedAt, comment }: Replaced): AuditEntry {
  const isHold = reason === "certificateHold";
  return {
    action: isHold ? "certificate.held" : "certificate.revoked",
    object: { kind: "certificate", id: certificateId, name },
    details: {
      serial,
      ...(isHold ? {} : { reason }),
      comment,
      revokedAt: new Date(revokedAt).toISOString(),
      because: "a backup was restored",
    },
  };
}

/**
 * Takes the CRLs of a backup out of use: newer ones have been published since, and their number never goes down
 * (RFC 5280 §5.2.3). What is served next is made at the start.
 */
export async function dropRestoredCrls(replacement: Replacement): Promise<void> {
  if (!replacement.tables.some(({ name }) => name === "CrlPublication")) return;
  await replacement.query('UPDATE "CrlPublication" SET "crlId" = NULL');
}
