import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { candidateSubject } from "#lib/inventory/issuer-candidate.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** Authorities beyond this number are not followed; what is counted is then a lower bound. */
const AUTHORITIES_MAX = 5_000;

/**
 * How many end-entity certificates of the inventory name an authority, or one below it, as their issuer. By name, so
 * that it takes the same time for a million certificates: signatures are not checked here.
 *
 * @param subjects the authorities, as `formatName` writes their names
 * @param without authorities whose own are not counted, nor what stands below them
 */
export async function issuedBelow(
  installation: Installation,
  actor: Actor,
  subjects: readonly string[],
  without: readonly string[] = [],
): Promise<number> {
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
  const below = new Map<string, string[]>();
  for (const { subject, issuerName } of authorities) {
    const issuer = candidateSubject(String(issuerName));
    below.set(issuer, [...(below.get(issuer) ?? []), String(subject)]);
  }
  const excluded = closure(without, below);
  const included = closure(subjects, below);
  return cohorts
    .filter(({ issuerName }) => included.has(String(issuerName)) && !excluded.has(String(issuerName)))
    .reduce((sum, { count }) => sum + Number(count), 0);
}

/** The authorities and those below them. */
function closure(subjects: readonly string[], below: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set(subjects.map(candidateSubject));
  for (const subject of reached) for (const each of below.get(subject) ?? []) reached.add(each);
  return reached;
}
