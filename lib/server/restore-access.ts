import type { AuditEntry } from "#lib/audit/append.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import { carryClients } from "#lib/server/restore-clients.ts";
import {
  type LostDecisions,
  olderMigration,
  oneLine,
  replacedMigration,
} from "#lib/server/restore-decisions.ts";
import { carryCredentialEnds, carryGrantEnds } from "#lib/server/restore-ends.ts";
import { carryProxies } from "#lib/server/restore-proxies.ts";
import { carryServices } from "#lib/server/restore-services.ts";

/** Since when databases know clients. */
export const ACCESS_SINCE = "0004_clients";

const SERVICES = `SELECT "name" FROM "Service" WHERE "status" <> 'retired'`;
const FORGOTTEN =
  "Services that the backup does not know, with everything about clients and proxies, which it does not know either";

/** What became of the decisions about who may call what that the replaced database knew. */
export interface CarriedAccess {
  /** Written into the new database. */
  carried: number;
  /** What whoever restores has to do, because it was not written. */
  again: LostDecisions[];
  /** The events that tell of it. */
  entries: AuditEntry[];
}

/**
 * Carries over what was taken from clients since the backup: whoever was suspended, ended, retired or replaced must
 * not be let in again by an older state of the database. What was given since is told, and not written: it can be
 * given again. Tokens of proxies are carried over, too: theirs are what is in use, and the one before was perhaps
 * replaced because somebody had it.
 *
 * Only when the replaced database is readable.
 *
 * @param at whole seconds
 */
export async function carryAccess(replacement: Replacement, at: Date): Promise<CarriedAccess> {
  if ((await replacedMigration(replacement)) < ACCESS_SINCE) return { carried: 0, again: [], entries: [] };
  if ((await olderMigration(replacement)) < ACCESS_SINCE) {
    // Nobody is let in by a backup that is older than all clients.
    const names = [];
    for await (const slice of replacement.queryReplaced(SERVICES)) {
      names.push(...slice.map(({ name }) => oneLine(name)));
    }
    const again = [{ kind: "accessForgotten", sentence: FORGOTTEN, names }];
    return { carried: 0, again: names.length > 0 ? again : [], entries: [] };
  }
  const change = await nextChange(replacement);
  const parts = [
    await carryServices(replacement),
    await carryClients(replacement, change),
    await carryCredentialEnds(replacement, change, at),
    await carryGrantEnds(replacement, change, at),
    await carryProxies(replacement),
  ];
  const entries = parts.flatMap((part) => part.entries);
  return {
    carried: entries.length,
    again: parts.flatMap((part) => part.again).filter(({ names }) => names.length > 0),
    entries,
  };
}

/** A larger number than either database has used: whoever follows changes takes these in. */
async function nextChange(replacement: Replacement): Promise<number> {
  for await (const [row] of replacement.queryReplaced('SELECT "access" FROM "Ground"')) {
    const access = Number(row?.access);
    await replacement.query('UPDATE "Ground" SET "access" = ? WHERE "access" < ?', [access, access]);
  }
  const [row] = await replacement.query('UPDATE "Ground" SET "access" = "access" + 1 RETURNING "access"');
  return Number(row?.access);
}
