import type { Replacement } from "#lib/database-replacement.ts";
import { oneLine } from "#lib/server/restore-decisions.ts";
import { BECAUSE, type CarriedPart, pairsOf, type StoredRow } from "#lib/server/restore-rows.ts";

const SERVICES = `SELECT "id", "name", "status", "unknownClients", "authorities",
  CAST("minimumStrength" AS TEXT) AS "minimumStrength",
  CASE WHEN "failsOpen" THEN 'yes' ELSE 'no' END AS "failsOpen" FROM "Service"`;

/** Keeps services retired, and as strict as they became, after the backup. */
export async function carryServices(replacement: Replacement): Promise<CarriedPart> {
  const carried: CarriedPart = { again: [], entries: [] };
  const [made, changed]: [string[], string[]] = [[], []];
  for await (const { before, now } of pairsOf(replacement, SERVICES)) {
    const [id, name] = [String(before.id), oneLine(before.name)];
    if (now === undefined) {
      if (before.status !== "retired") made.push(name);
      continue;
    }
    const strict = strictest(before, now);
    if (isUnlike(strict, before)) changed.push(name);
    if (!isUnlike(strict, now)) continue;
    await replacement.query(
      `UPDATE "Service" SET "status" = ?, "unknownClients" = ?, "minimumStrength" = ?, "authorities" = ?,
         "failsOpen" = ${strict.failsOpen === "yes" ? "true" : "false"}, "version" = "version" + 1 WHERE "id" = ?`,
      [strict.status, strict.unknownClients, strict.minimumStrength, strict.authorities, id],
    );
    carried.entries.push({
      action: strict.status === String(now.status) ? "service.changed" : "service.retired",
      object: { kind: "service", id, name },
      details: { before: facts(now), after: strict, ...BECAUSE },
    });
  }
  carried.again.push(
    { kind: "servicesMade", sentence: "Services made after the backup: make them again", names: made },
    {
      kind: "servicesChanged",
      sentence: "Services that were changed after the backup: look whom they accept, and whom they refuse",
      names: changed,
    },
  );
  return carried;
}

interface Strictness {
  status: string;
  unknownClients: string;
  minimumStrength: number;
  failsOpen: string;
  authorities: string;
}

function facts(row: StoredRow): Strictness {
  return {
    status: String(row.status),
    unknownClients: String(row.unknownClients),
    minimumStrength: Number(row.minimumStrength),
    failsOpen: String(row.failsOpen),
    authorities: String(row.authorities),
  };
}

/** Of both, whatever lets in less. */
function strictest(before: StoredRow, now: StoredRow): Strictness {
  const [one, other] = [facts(before), facts(now)];
  const either = (value: keyof Strictness, strict: string, lax: string) =>
    one[value] === strict || other[value] === strict ? strict : lax;
  return {
    status: either("status", "retired", "active"),
    unknownClients: either("unknownClients", "refuse", "learn"),
    minimumStrength: Math.max(one.minimumStrength, other.minimumStrength),
    failsOpen: either("failsOpen", "no", "yes"),
    authorities: acceptedByBoth(one.authorities, other.authorities),
  };
}

/**
 * The authorities that were accepted both after the backup and at it, in the order of the backup. An empty list
 * accepts everybody's. Two that share nothing were exchanged for each other: the later one counts, since an empty
 * list in its place would let in everybody.
 */
function acceptedByBoth(after: string, backup: string): string {
  const [later, earlier] = [after, backup].map((text) => JSON.parse(text) as string[]);
  if (later === undefined || earlier === undefined || later.length === 0) return backup;
  const both = earlier.filter((id) => later.includes(id));
  return both.length === 0 ? after : JSON.stringify(both);
}

const isUnlike = (strict: Strictness, row: StoredRow) =>
  JSON.stringify(strict) !== JSON.stringify(facts(row));
