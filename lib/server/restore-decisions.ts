import type { Replacement } from "#lib/database-replacement.ts";
import type { StoredValue } from "#lib/database-snapshot.ts";

/** Decisions of one kind that a restore takes back. */
export interface LostDecisions {
  kind: string;
  /** What was decided, and what is to be done now. */
  sentence: string;
  /** Of those it was decided about; one line each. */
  names: string[];
}

/**
 * A look at both databases. The query gives an id, a name, and a state, which may be secret and goes nowhere;
 * rows with the same id are states of one thing.
 */
interface Comparison {
  kind: string;
  sentence: string;
  sql: string;
  /** The newest migration must be at least this one, in both. */
  since?: string;
  /** @param now undefined when the backup does not know it */
  isLost(before: readonly string[], now: readonly string[] | undefined): boolean;
}

const differs = (before: readonly string[], now: readonly string[] | undefined) =>
  now !== undefined && before.join("\n") !== now.join("\n");
const became =
  (state: string) =>
  ([before]: readonly string[], now: readonly string[] | undefined) =>
    before === state && now !== undefined && now[0] !== state;
const isUnknown = (_: readonly string[], now: readonly string[] | undefined) => now === undefined;

const COMPARISONS: Comparison[] = [
  {
    kind: "authoritiesMade",
    sentence: "Authorities made after the backup, whose keys are only in the replaced database",
    sql: `SELECT "keyId" AS "id", "name", '' AS "state" FROM "Authority"`,
    isLost: isUnknown,
  },
  {
    kind: "authoritiesRetired",
    sentence: "Authorities that were retired after the backup and are active again: retire them",
    sql: `SELECT "id", "name", "status" AS "state" FROM "Authority"`,
    isLost: became("retired"),
  },
  {
    kind: "profilesChanged",
    sentence: "Profiles that were made, changed or retired after the backup: look at their rules",
    sql: `SELECT "id", "name", "status" || ' ' || "authorityId" || ' ' || "rules" AS "state" FROM "CertificateProfile"`,
    isLost: (before, now) => now === undefined || differs(before, now),
  },
  {
    kind: "tokensRevoked",
    sentence: "API tokens that were revoked after the backup and are valid again: revoke them",
    sql: `SELECT "id", "name", CASE WHEN "revokedAt" IS NULL THEN 'valid' ELSE 'revoked' END AS "state" FROM "ApiToken"`,
    isLost: became("revoked"),
  },
  {
    kind: "peopleDisabled",
    sentence: "People who were disabled after the backup and may sign in again: disable them",
    sql: `SELECT "id", "email" AS "name", "status" AS "state" FROM "User"`,
    isLost: became("disabled"),
  },
  {
    kind: "rolesChanged",
    sentence: "People whose role was changed after the backup and have the earlier one again: change it",
    sql: `SELECT "id", "email" AS "name", "role" AS "state" FROM "User"`,
    isLost: differs,
  },
  {
    kind: "passwordsChanged",
    sentence:
      "People whose password was changed after the backup, and the earlier one is valid again: offer them a new one",
    sql: `SELECT u."id", u."email" AS "name", a."password" AS "state"
      FROM "User" u LEFT JOIN "Account" a ON a."userId" = u."id"`,
    isLost: differs,
  },
  {
    kind: "passkeysChanged",
    sentence:
      "People whose passkeys were added or removed after the backup, and those removed are valid again: let them look",
    sql: `SELECT u."id", u."email" AS "name", p."credentialID" AS "state"
      FROM "User" u LEFT JOIN "Passkey" p ON p."userId" = u."id"`,
    isLost: differs,
  },
  {
    kind: "secondFactorsChanged",
    sentence:
      "People whose second factor was changed, or a recovery code of theirs used, after the backup: let them set it up anew",
    sql: `SELECT u."id", u."email" AS "name", t."secret" || ' ' || t."backupCodes" AS "state"
      FROM "User" u LEFT JOIN "TwoFactor" t ON t."userId" = u."id"`,
    isLost: differs,
  },
  {
    kind: "bundlesChanged",
    sentence: "Trust bundles whose members were changed after the backup and are the earlier ones again",
    sql: `SELECT b."id", b."slug" AS "name", m."certificateId" AS "state"
      FROM "TrustBundle" b LEFT JOIN "TrustBundleMember" m ON m."bundleId" = b."id"`,
    since: "0002_inventory",
    isLost: differs,
  },
  {
    kind: "crlSourcesMade",
    sentence: "CRLs of other authorities that were added after the backup: add them again",
    sql: `SELECT "id", "name", '' AS "state" FROM "CrlSource"`,
    since: "0003_revocation",
    isLost: isUnknown,
  },
];

/** Decisions that a restore takes back; whoever restores has to take them again. Kinds without any are left out. */
export async function lostDecisions(replacement: Replacement): Promise<LostDecisions[]> {
  const migration = await olderMigration(replacement);
  const found: LostDecisions[] = [];
  for (const { kind, sentence, sql, since = "", isLost } of COMPARISONS) {
    if (migration < since) continue;
    const now = new Map<string, Thing>();
    gather(now, await replacement.query(sql));
    const before = new Map<string, Thing>();
    for await (const slice of replacement.queryReplaced(sql)) gather(before, slice);
    const names = [...before]
      .filter(([id, { states }]) => isLost(states.sort(), now.get(id)?.states.sort()))
      .map(([, { name }]) => name);
    if (names.length > 0) found.push({ kind, sentence, names });
  }
  return found;
}

interface Thing {
  name: string;
  states: string[];
}

function gather(things: Map<string, Thing>, rows: readonly Record<string, StoredValue>[]): void {
  for (const { id, name, state } of rows) {
    const known = things.get(String(id));
    if (known === undefined) things.set(String(id), { name: oneLine(name), states: [String(state)] });
    else known.states.push(String(state));
  }
}

/** Up to which both databases have the same tables. */
export async function olderMigration(replacement: Replacement): Promise<string> {
  const before = await replacedMigration(replacement);
  const [row] = await replacement.query(NEWEST_MIGRATION);
  const [older = ""] = [before, String(row?.name)].sort();
  return older;
}

/** The newest migration of the replaced database. */
export async function replacedMigration(replacement: Replacement): Promise<string> {
  let newest = "";
  for await (const [row] of replacement.queryReplaced(NEWEST_MIGRATION)) newest = String(row?.name);
  return newest;
}

const NEWEST_MIGRATION = `SELECT max("migration_name") AS "name" FROM "_prisma_migrations"`;

/** Names come from outside: neither a line of their own nor a terminal's control sequences. */
export function oneLine(value: StoredValue | undefined): string {
  return String(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�");
}
