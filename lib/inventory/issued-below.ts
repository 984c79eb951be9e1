import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { candidateSubject } from "#lib/inventory/issuer-candidate.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** Authorities beyond this number are not followed; what is counted is then a lower bound. */
const AUTHORITIES_MAX = 5_000;

/**
 * Counts end-entity certificates.
 *
 * @param subjects authorities, as `formatName` writes their names
 * @param without authorities whose own are not counted, nor what stands below them
 */
export type IssuedCounter = (subjects: readonly string[], without?: readonly string[]) => number;

/**
 * Counts how many end-entity certificates of the inventory name an authority, or one below it, as their issuer. By
 * name, so that it takes the same time for a million certificates: signatures are not checked here. Read once, any
 * number of questions is answered from memory.
 */
export async function issuedCounter(installation: Installation, actor: Actor): Promise<IssuedCounter> {
  authorize(actor, "certificate:read");
  const { database } = installation;
  const [authorities, cohorts] = await Promise.all([
    queryRows(
      database,
      `SELECT i."subject" AS "subject", c."issuerName" AS "issuerName" FROM "IssuerCandidate" i
       JOIN "Certificate" c ON c."id" = i."certificateId" LIMIT ${AUTHORITIES_MAX}`,
    ),
    queryRows(
      database,
      `SELECT "issuerName" AS "issuerName", SUM("count") AS "count" FROM "CertificateCohort"
       WHERE "kind" = 'end-entity' GROUP BY "issuerName"`,
    ),
  ]);
  const below = Map.groupBy(authorities, ({ issuerName }) => candidateSubject(String(issuerName)));
  /** The authorities and those below them. */
  const closure = (subjects: readonly string[]) => {
    const reached = new Set(subjects.map(candidateSubject));
    for (const issuer of reached) for (const row of below.get(issuer) ?? []) reached.add(String(row.subject));
    return reached;
  };
  return (subjects, without = []) => {
    const [included, excluded] = [closure(subjects), closure(without)];
    let sum = 0;
    for (const { issuerName, count } of cohorts) {
      const issuer = String(issuerName);
      if (included.has(issuer) && !excluded.has(issuer)) sum += Number(count);
    }
    return sum;
  };
}
