import type { AuditEntry } from "#lib/audit/append.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import { oneLine } from "#lib/server/restore-decisions.ts";
import {
  BECAUSE,
  type CarriedPart,
  endsBefore,
  pairsOf,
  type StoredRow,
  storedTime,
} from "#lib/server/restore-rows.ts";

/** Credentials and grants, which both end. */
interface Ending {
  table: "Credential" | "Grant";
  /** Gives id, clientId, client, startsAt, endsAt, and what it is. */
  sql: string;
  /** Of the event that tells of an end. */
  action: string;
  detail: string;
  added: { kind: string; sentence: string };
  prolonged: { kind: string; sentence: string };
}

const TIMES = 'CAST(own."startsAt" AS TEXT) AS "startsAt", CAST(own."endsAt" AS TEXT) AS "endsAt"';

const CREDENTIALS: Ending = {
  table: "Credential",
  sql: `SELECT own."id" AS "id", own."clientId" AS "clientId", c."name" AS "client", own."kind" AS "what", ${TIMES},
      CASE WHEN own."revokesAtEnd" THEN 'true' ELSE 'false' END AS "revokes"
    FROM "Credential" own JOIN "Client" c ON c."id" = own."clientId"`,
  action: "credential.ended",
  detail: "credential",
  added: {
    kind: "credentialsAdded",
    sentence: "Credentials that clients were given after the backup: add them again",
  },
  prolonged: {
    kind: "credentialsProlonged",
    sentence: "Credentials whose end was moved after the backup and that end earlier again: move it",
  },
};

const GRANTS: Ending = {
  table: "Grant",
  sql: `SELECT own."id" AS "id", own."clientId" AS "clientId", c."name" AS "client", s."name" AS "what", ${TIMES}
    FROM "Grant" own JOIN "Client" c ON c."id" = own."clientId" JOIN "Service" s ON s."id" = own."serviceId"`,
  action: "grant.ended",
  detail: "grant",
  added: { kind: "grantsGiven", sentence: "Grants that were given after the backup: give them again" },
  prolonged: {
    kind: "grantsProlonged",
    sentence: "Grants whose end was moved after the backup and that end earlier again: give them again",
  },
};

/** Keeps credentials ended, or ending sooner, that became so after the backup. */
export const carryCredentialEnds = (replacement: Replacement, change: number, at: Date) =>
  carryEnds(replacement, CREDENTIALS, change, at);

/** The same of grants. */
export const carryGrantEnds = (replacement: Replacement, change: number, at: Date) =>
  carryEnds(replacement, GRANTS, change, at);

async function carryEnds(
  replacement: Replacement,
  { table, sql, action, detail, added, prolonged }: Ending,
  change: number,
  at: Date,
): Promise<CarriedPart> {
  const carried: CarriedPart = { again: [], entries: [] };
  const [given, longer]: [StoredRow[], string[]] = [[], []];
  for await (const { before, now } of pairsOf(replacement, sql, 'own."id"')) {
    const end = storedTime(before.endsAt);
    if (now === undefined) {
      if (end === null || end > at.getTime()) given.push(before);
      continue;
    }
    if (before.revokes !== now.revokes) {
      carried.entries.push(await carryRevoking(replacement, before));
    }
    const present = storedTime(now.endsAt);
    if (endsBefore(present, end) && (end === null || end > at.getTime())) longer.push(spoken(before));
    if (end === null || !endsBefore(end, present)) continue;
    // One that was ended before it began begins when it ends.
    const start = Math.min(storedTime(now.startsAt) ?? end, end);
    await replacement.query(`UPDATE "${table}" SET "startsAt" = ?, "endsAt" = ? WHERE "id" = ?`, [
      replacement.time(new Date(start)),
      replacement.time(new Date(end)),
      String(before.id),
    ]);
    await replacement.query('UPDATE "Client" SET "change" = ? WHERE "id" = ?', [
      change,
      String(before.clientId),
    ]);
    carried.entries.push({
      action,
      object: { kind: "client", id: String(before.clientId), name: oneLine(before.client) },
      details: { [detail]: String(before.id), endsAt: new Date(end).toISOString(), ...BECAUSE },
    });
  }
  carried.again.push(
    { ...added, names: await ofKnownClients(replacement, given) },
    { ...prolonged, names: longer },
  );
  return carried;
}

/** A revocation is for good: it is made at the end only if that was the last word. */
async function carryRevoking(
  replacement: Replacement,
  { id, clientId, client, revokes }: StoredRow,
): Promise<AuditEntry> {
  const value = revokes === "true" ? "true" : "false";
  await replacement.query(`UPDATE "Credential" SET "revokesAtEnd" = ${value} WHERE "id" = ?`, [String(id)]);
  return {
    action: "credential.end-changed",
    object: { kind: "client", id: String(clientId), name: oneLine(client) },
    details: { credential: String(id), after: { revokesAtEnd: value === "true" }, ...BECAUSE },
  };
}

/** Clients that the backup does not know are told of themselves. */
async function ofKnownClients(replacement: Replacement, rows: readonly StoredRow[]): Promise<string[]> {
  const names: string[] = [];
  for (let start = 0; start < rows.length; start += 500) {
    const part = rows.slice(start, start + 500);
    const ids = [...new Set(part.map(({ clientId }) => String(clientId)))];
    const known = new Set(
      (
        await replacement.query(
          `SELECT "id" FROM "Client" WHERE "id" IN (${ids.map(() => "?").join(", ")})`,
          ids,
        )
      ).map(({ id }) => String(id)),
    );
    names.push(...part.filter(({ clientId }) => known.has(String(clientId))).map(spoken));
  }
  return names;
}

const spoken = ({ client, what }: StoredRow) => `${oneLine(client)} (${oneLine(what)})`;
