import { userInfo } from "node:os";
import { type AuditEntry, auditFacts } from "#lib/audit/append.ts";
import { chain } from "#lib/audit/chain.ts";
import type { SystemActor } from "#lib/authorization/actor.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import type { StoredTable } from "#lib/database-snapshot.ts";
import { malformed } from "#lib/errors.ts";
import type { MasterKey } from "#lib/master-key.ts";
import { type BackupHeader, LEFT_OUT } from "#lib/server/backup-format.ts";
import { readBackup } from "#lib/server/backup-read.ts";
import type { Lost } from "#lib/server/restore-lost.ts";

/**
 * Fills a new database with a backup.
 *
 * @throws DomainError `malformed` when the backup is not whole, or its tables are not those of its migration
 */
export async function fillFromBackup(
  replacement: Replacement,
  file: string,
  masterKey: MasterKey,
): Promise<BackupHeader> {
  const expected = new Map(replacement.tables.map((table) => [table.name, table]));
  let header: BackupHeader | undefined;
  const met = new Set<string>();
  for await (const part of readBackup(file, masterKey)) {
    if ("header" in part) header = part.header;
    else if ("rows" in part) await replacement.insert(part.of, part.rows);
    else {
      const own = expected.get(part.table.name);
      if (own === undefined || !sameColumns(own, part.table)) throw otherTables(part.table.name);
      met.add(part.table.name);
    }
  }
  const missing = [...expected.keys()].find((name) => !met.has(name) && !LEFT_OUT.includes(name));
  if (header === undefined || missing !== undefined) throw otherTables(missing ?? "Ground");
  await replacement.finishRows();
  return header;
}

/** Where a chain of audit events ended. */
export interface Head {
  sequence: number;
  hash: string;
}

/** What the database that is replaced says of itself; null when there is none or it cannot be read. */
export async function replacedHead(replacement: Replacement): Promise<Head | null> {
  for await (const [row] of replacement.queryReplaced(`SELECT "auditSequence", "auditHead" FROM "Ground"`)) {
    if (row !== undefined) return { sequence: Number(row.auditSequence), hash: String(row.auditHead) };
  }
  return null;
}

/**
 * Puts the event that tells of the restore behind the backup's last one, so that the trail itself shows where
 * it was taken up again, and which head it is that no longer fits; then what the restore did itself.
 *
 * @param at whole seconds
 * @param ended from lib/server/restore-revocations.ts, restore-open-work.ts and restore-bulk-keys.ts
 * @returns the event that tells of the restore
 */
export async function appendRestored(
  replacement: Replacement,
  at: Date,
  header: BackupHeader,
  replaced: Head | null,
  lost: Lost | null,
  ended: readonly AuditEntry[],
): Promise<Head> {
  const head = { auditSequence: header.auditSequence, auditHead: header.auditHead };
  const entries: AuditEntry[] = [
    {
      action: "installation.restored",
      object: { kind: "installation", id: "installation", name: "Countersign" },
      details: {
        backup: { at: header.createdAt, sequence: header.auditSequence, hash: header.auditHead },
        replaced: replaced ?? "unknown: there was none, or it could not be read",
        ...(lost === null ? {} : { certificatesSince: lost.certificates, again: againInBrief(lost) }),
      },
    },
    ...ended,
  ];
  const by = actor();
  const events = chain(
    head,
    entries.map((entry) => auditFacts(by, at, entry)),
  );
  const table = replacement.tables.find(({ name }) => name === "AuditEvent");
  const [told] = events;
  const newest = events.at(-1);
  if (told === undefined || newest === undefined || table === undefined) {
    throw new TypeError("there is no audit trail to go on with");
  }
  const rows = events.map((event) => ({ ...event, at: event.at.getTime() }));
  await replacement.insert(
    table,
    rows.map((row) => table.columns.map(([name]) => row[name as keyof typeof row])),
  );
  await replacement.query(`UPDATE "Ground" SET "auditSequence" = ?, "auditHead" = ? WHERE "id" = 1`, [
    newest.sequence,
    newest.hash,
  ]);
  return { sequence: told.sequence, hash: told.hash };
}

/** So many names of a kind go into the event; the report on the terminal has them all. */
const NAMES_MAX = 200;

function againInBrief({ again }: Lost): Record<string, string[]> {
  return Object.fromEntries(
    again.map(({ kind, names }) => [
      kind,
      names.length <= NAMES_MAX
        ? names
        : [...names.slice(0, NAMES_MAX), `and ${names.length - NAMES_MAX} more`],
    ]),
  );
}

/** Whoever may run it has the database and the key: their name on this machine is all that is known of them. */
function actor(): SystemActor {
  let user: string;
  try {
    user = userInfo().username;
  } catch {
    user = `user ${process.getuid?.() ?? "unknown"}`; // no entry in passwd, as in many containers
  }
  return { kind: "system", id: "restore", name: `Countersign (restore by ${user})` };
}

function sameColumns(own: StoredTable, other: StoredTable): boolean {
  return JSON.stringify(own.columns) === JSON.stringify(other.columns);
}

function otherTables(name: string) {
  return malformed(
    "from",
    "backup.tables",
    `The backup cannot be restored: its table ${name} is not the one that its version had.`,
  );
}
