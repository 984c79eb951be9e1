import type { Replacement } from "#lib/database-replacement.ts";
import { oneLine } from "#lib/server/restore-decisions.ts";
import { BECAUSE, type CarriedPart, endsBefore, pairsOf, storedTime } from "#lib/server/restore-rows.ts";

const CLIENTS = `SELECT "id", "name", "status", CAST("statusSince" AS TEXT) AS "statusSince",
  CAST("expiresAt" AS TEXT) AS "expiresAt" FROM "Client"`;

/** The later ones let in less. */
const STATUSES = ["active", "suspended", "retired"];

/** Keeps clients suspended, retired or expired that became so after the backup. */
export async function carryClients(replacement: Replacement, change: number): Promise<CarriedPart> {
  const carried: CarriedPart = { again: [], entries: [] };
  const [made, resumed, prolonged]: [string[], string[], string[]] = [[], [], []];
  for await (const { before, now } of pairsOf(replacement, CLIENTS)) {
    const [id, name, status] = [String(before.id), oneLine(before.name), String(before.status)];
    if (now === undefined) {
      if (status !== "retired") made.push(name);
      continue;
    }
    const object = { kind: "client", id, name };
    const stricter = STATUSES.indexOf(status) - STATUSES.indexOf(String(now.status));
    if (stricter > 0) {
      const since = replacement.time(new Date(storedTime(before.statusSince) ?? 0));
      await replacement.query(
        'UPDATE "Client" SET "status" = ?, "statusSince" = ?, "version" = "version" + 1, "change" = ? WHERE "id" = ?',
        [status, since, change, id],
      );
      carried.entries.push({
        action: status === "retired" ? "client.retired" : "client.suspended",
        object,
        details: { before: String(now.status), ...BECAUSE },
      });
    }
    if (stricter < 0) resumed.push(name);
    const [expiry, earlier] = [storedTime(before.expiresAt), storedTime(now.expiresAt)];
    if (endsBefore(earlier, expiry)) prolonged.push(name);
    if (expiry === null || !endsBefore(expiry, earlier)) continue;
    await replacement.query(
      'UPDATE "Client" SET "expiresAt" = ?, "version" = "version" + 1, "change" = ? WHERE "id" = ?',
      [replacement.time(new Date(expiry)), change, id],
    );
    carried.entries.push({
      action: "client.changed",
      object,
      details: { after: { expiresAt: new Date(expiry).toISOString() }, ...BECAUSE },
    });
  }
  carried.again.push(
    { kind: "clientsMade", sentence: "Clients made after the backup: make them again", names: made },
    {
      kind: "clientsResumed",
      sentence: "Clients that were resumed after the backup and are suspended again: resume them",
      names: resumed,
    },
    {
      kind: "clientsProlonged",
      sentence: "Clients whose expiry was moved after the backup and that expire earlier again: move it",
      names: prolonged,
    },
  );
  return carried;
}
