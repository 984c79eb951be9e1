import { RISKS, type Risk, riskBits } from "#lib/inventory/certificate-risks.ts";
import { type CohortFacts, changeCohort, enterCohort, factsOf } from "#lib/inventory/cohort.ts";
import type { SqlSteps } from "#lib/sql-steps.ts";

/** A certificate that is about to be recorded. */
export interface NewMember {
  id: string;
  lineageId: string;
  keySha256: string;
  /** The certificate that it renews, whose owner and tags it takes over. */
  replacesId: string | null;
  kind: CohortFacts["kind"];
  issuerId: string | null;
  issuerName: string;
  profileId: string | null;
  keyAlgorithm: string;
  source: string;
  /** What the certificate itself shows; whether its key is used elsewhere is found here. */
  risks: readonly Risk[];
}

/** What a certificate's row needs, and what is to be settled once it is issued. */
export interface Membership {
  id: string;
  cohortId: number;
  replacesId: string | null;
  keySha256: string;
  /** A certificate of another lineage that has the same key. */
  reusedWith: string | null;
}

/**
 * Finds each certificate its cohort, before its row is written: the row is then written once, with all that its
 * indexes hold. What other certificates become by it is left to `settleInventory`.
 *
 * @returns memberships in the order of the members
 */
export async function joinInventory(steps: SqlSteps, members: readonly NewMember[]): Promise<Membership[]> {
  const lineages = new Map<string, string>();
  const shared = new Set<string>();
  for (const { keySha256, lineageId } of members) {
    if ((lineages.get(keySha256) ?? lineageId) !== lineageId) shared.add(keySha256);
    lineages.set(keySha256, lineageId);
  }
  const others = await otherLineages(steps, members);
  const groups = new Map<string, { facts: CohortFacts; count: number; cohortId: number }>();
  const joined: { membership: Membership; group: { cohortId: number } }[] = [];
  for (const [position, member] of members.entries()) {
    const reusedWith = others[position] ?? null;
    const reused = reusedWith !== null || shared.has(member.keySha256);
    const facts: CohortFacts = {
      kind: member.kind,
      issuerId: member.issuerId,
      issuerName: member.issuerName,
      profileId: member.profileId,
      keyAlgorithm: member.keyAlgorithm,
      source: member.source,
      ...(await ownership(steps, member.replacesId)),
      risks: riskBits(member.risks) | (reused ? RISKS["reused-key"].bit : 0),
      state: "active",
    };
    const key = JSON.stringify(facts);
    const group = groups.get(key) ?? { facts, count: 0, cohortId: 0 };
    group.count++;
    groups.set(key, group);
    const { id, replacesId, keySha256 } = member;
    joined.push({ membership: { id, cohortId: 0, replacesId, keySha256, reusedWith }, group });
  }
  for (const group of groups.values()) group.cohortId = await enterCohort(steps, group.facts, group.count);
  return joined.map(({ membership, group }) => ({ ...membership, cohortId: group.cohortId }));
}

/**
 * What the issue of certificates changes for others, in the transaction that makes them issued: what they renew
 * becomes *superseded*, and who has the same key is marked too.
 */
export async function settleInventory(steps: SqlSteps, memberships: readonly Membership[]): Promise<void> {
  const renewed = memberships.flatMap(({ replacesId }) => (replacesId === null ? [] : [replacesId]));
  await changeCohort(steps, renewed, (facts) => ({
    ...facts,
    // What is revoked or held stays so, whatever replaces it.
    state: facts.state === "active" ? "superseded" : facts.state,
  }));
  const marked = new Set<string>();
  for (const { reusedWith, keySha256 } of memberships) {
    if (reusedWith === null || marked.has(keySha256)) continue;
    marked.add(keySha256);
    await markReusedKey(steps, keySha256, reusedWith);
  }
}

/** Takes certificates that were never issued out again. */
export async function leaveInventory(steps: SqlSteps, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await steps.run(
      `UPDATE "CertificateCohort" SET "count" = "count" - 1
       WHERE "id" = (SELECT "cohortId" FROM "Certificate" WHERE "id" = ?)`,
      [id],
    );
    await steps.run('UPDATE "Certificate" SET "cohortId" = NULL WHERE "id" = ?', [id]);
  }
}

/** The most members in one statement. */
const MEMBERS_MAX = 200;

/**
 * For each member a certificate of another lineage with the same key. It is enough to know one: when it is
 * marked, all are.
 */
async function otherLineages(
  steps: SqlSteps,
  members: readonly Pick<NewMember, "keySha256" | "lineageId">[],
): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (let start = 0; start < members.length; start += MEMBERS_MAX) {
    const part = members.slice(start, start + MEMBERS_MAX);
    const rows = await steps.all(
      `WITH wanted("position", "key", "lineage") AS (VALUES ${part.map((_, position) => `(${position}, ?, ?)`).join(", ")})
       SELECT "position", (SELECT c."id" FROM "Certificate" c WHERE c."keySha256" = wanted."key"
         AND c."lineageId" <> wanted."lineage" AND c."status" <> 'abandoned' LIMIT 1) AS "id"
       FROM wanted ORDER BY "position"`,
      part.flatMap(({ keySha256, lineageId }) => [keySha256, lineageId]),
    );
    found.push(...rows.map((row) => row.id as string | null));
  }
  return found;
}

/** @param one a certificate with the key: when it is marked, all that were there before are */
async function markReusedKey(steps: SqlSteps, keySha256: string, one: string): Promise<void> {
  const bit = RISKS["reused-key"].bit;
  const mark = (facts: CohortFacts) => ({ ...facts, risks: facts.risks | bit });
  if ((await changeCohort(steps, [one], mark)).length === 0) return;
  const rows = await steps.all('SELECT "id" FROM "Certificate" WHERE "keySha256" = ?', [keySha256]);
  await changeCohort(
    steps,
    rows.map((row) => String(row.id)),
    mark,
  );
}

async function ownership(
  steps: SqlSteps,
  replacesId: string | null,
): Promise<Pick<CohortFacts, "owner" | "tags">> {
  if (replacesId === null) return { owner: "", tags: [] };
  const [row] = await steps.all(
    `SELECT h.* FROM "Certificate" c JOIN "CertificateCohort" h ON h."id" = c."cohortId" WHERE c."id" = ?`,
    [replacesId],
  );
  if (row === undefined) return { owner: "", tags: [] };
  const { owner, tags } = factsOf(row);
  return { owner, tags };
}
