import { createHash } from "node:crypto";
import type { SqlSteps } from "#lib/sql-steps.ts";

/**
 * The facts that a certificate shares with its cohort (see prisma/schema.prisma). These functions run inside
 * the transaction of the change, so that counts are exact: a list knows before it looks how many certificates
 * a filter can match at most.
 */
export interface CohortFacts {
  kind: "end-entity" | "authority";
  issuerId: string | null;
  issuerName: string;
  profileId: string | null;
  keyAlgorithm: string;
  source: string;
  owner: string;
  tags: readonly string[];
  /** Bits, see certificate-risks.ts. */
  risks: number;
  state: "active" | "superseded" | "held" | "revoked";
}

/** Longer issuer names are cut where they are compared: an index holds no more, and the certificate has it whole. */
const ISSUER_NAME_MAX = 300;

/** The longest name that certificates are sorted by; an index of PostgreSQL holds no more than 2,700 bytes. */
const SORT_NAME_MAX = 200;

/** Tags as stored: in alphabetical order, each between line feeds. */
export function storedTags(tags: readonly string[]): string {
  const unique = [...new Set(tags)].sort();
  return unique.length === 0 ? "" : `\n${unique.join("\n")}\n`;
}

/** Tags from the stored text. */
export function tagsOf(stored: string): string[] {
  return stored === "" ? [] : stored.slice(1, -1).split("\n");
}

/** The name of a certificate as lists sort by it. */
export function sortNameOf(displayName: string): string {
  return displayName.toLowerCase().slice(0, SORT_NAME_MAX);
}

/** An issuer's name as cohorts hold it and filters compare it. */
export function cohortIssuerName(issuerName: string): string {
  return issuerName.slice(0, ISSUER_NAME_MAX);
}

const COLUMNS = [
  "kind",
  "issuerId",
  "issuerName",
  "profileId",
  "keyAlgorithm",
  "source",
  "owner",
  "tags",
  "risks",
  "state",
] as const;

function columnsOf(facts: CohortFacts): (string | number | null)[] {
  const row = { ...facts, issuerName: cohortIssuerName(facts.issuerName), tags: storedTags(facts.tags) };
  return COLUMNS.map((column) => row[column]);
}

/**
 * Adds certificates to the cohort of these facts, which is made when there is none.
 *
 * @param count how many certificates
 * @returns the id of the cohort
 */
export async function enterCohort(steps: SqlSteps, facts: CohortFacts, count = 1): Promise<number> {
  const values = columnsOf(facts);
  const hash = createHash("sha256").update(JSON.stringify(values)).digest("hex");
  // Not by ON CONFLICT: each conflict would use up an id. The write lock keeps anybody from making it meanwhile.
  const [there] = await steps.all(
    'UPDATE "CertificateCohort" SET "count" = "count" + ? WHERE "hash" = ? RETURNING "id"',
    [count, hash],
  );
  if (there !== undefined) return Number(there.id);
  const names = ["hash", ...COLUMNS, "count"].map((column) => `"${column}"`).join(", ");
  const [made] = await steps.all(
    `INSERT INTO "CertificateCohort" (${names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING "id"`,
    [hash, ...values, count],
  );
  return Number(made?.id);
}

/** A certificate with what its cohort says of it. */
interface Member {
  id: string;
  cohortId: number;
  facts: CohortFacts;
}

/** The most ids in one statement; SQLite takes 32,766 parameters, but small statements are kept prepared. */
const IDS_MAX = 200;

/**
 * Moves certificates to the cohorts that fit their changed facts.
 *
 * @param ids certificates; those that were not issued are passed over
 * @param change the new facts, given the present ones
 * @returns the certificates whose facts did change, with what they were before
 */
export async function changeCohort(
  steps: SqlSteps,
  ids: readonly string[],
  change: (facts: CohortFacts, id: string) => CohortFacts,
): Promise<{ id: string; before: CohortFacts; after: CohortFacts }[]> {
  const changed: { id: string; before: CohortFacts; after: CohortFacts }[] = [];
  for (let start = 0; start < ids.length; start += IDS_MAX) {
    changed.push(...(await changePart(steps, ids.slice(start, start + IDS_MAX), change)));
  }
  return changed;
}

async function changePart(
  steps: SqlSteps,
  ids: readonly string[],
  change: (facts: CohortFacts, id: string) => CohortFacts,
) {
  const changed: { id: string; before: CohortFacts; after: CohortFacts }[] = [];
  const moves = new Map<string, { facts: CohortFacts; ids: string[] }>();
  const left = new Map<number, number>();
  for (const { id, cohortId, facts } of await readMembers(steps, ids)) {
    const after = change(facts, id);
    const key = JSON.stringify(columnsOf(after));
    if (key === JSON.stringify(columnsOf(facts))) continue;
    const move = moves.get(key) ?? { facts: after, ids: [] };
    move.ids.push(id);
    moves.set(key, move);
    left.set(cohortId, (left.get(cohortId) ?? 0) + 1);
    changed.push({ id, before: facts, after });
  }
  for (const { facts, ids: moving } of moves.values()) {
    const cohortId = await enterCohort(steps, facts, moving.length);
    await steps.run(
      `UPDATE "Certificate" SET "cohortId" = ? WHERE "id" IN (${placeholders(moving.length)})`,
      [cohortId, ...moving],
    );
  }
  for (const [cohortId, count] of left) {
    await steps.run('UPDATE "CertificateCohort" SET "count" = "count" - ? WHERE "id" = ?', [count, cohortId]);
    await steps.run('DELETE FROM "CertificateCohort" WHERE "id" = ? AND "count" = 0', [cohortId]);
  }
  return changed;
}

async function readMembers(steps: SqlSteps, ids: readonly string[]): Promise<Member[]> {
  if (ids.length === 0) return [];
  const rows = await steps.all(
    `SELECT c."id" AS "certificateId", h.* FROM "Certificate" c JOIN "CertificateCohort" h ON h."id" = c."cohortId"
     WHERE c."id" IN (${placeholders(ids.length)})`,
    ids,
  );
  return rows.map((row) => ({
    id: String(row.certificateId),
    cohortId: Number(row.id),
    facts: factsOf(row),
  }));
}

/** A row of CertificateCohort as facts. */
export function factsOf(row: Record<string, unknown>): CohortFacts {
  return {
    kind: row.kind as CohortFacts["kind"],
    issuerId: row.issuerId as string | null,
    issuerName: String(row.issuerName),
    profileId: row.profileId as string | null,
    keyAlgorithm: String(row.keyAlgorithm),
    source: String(row.source),
    owner: String(row.owner),
    tags: tagsOf(String(row.tags)),
    risks: Number(row.risks),
    state: row.state as CohortFacts["state"],
  };
}

function placeholders(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}
