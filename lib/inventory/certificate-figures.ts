import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { isAmong } from "#lib/inventory/cohort-selection.ts";
import { NOT_OF_RESPONDERS } from "#lib/inventory/responder-certificates.ts";
import { allOf, condition } from "#lib/inventory/sql-condition.ts";
import { expiresBetween } from "#lib/inventory/status-times.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** Counts of certificates that are valid stop here and are shown as "1,000+". */
export const COUNT_BOUND = 1_000;

/** States in which no relying party accepts a certificate, however long it would still live. */
const REFUSED = ["held", "revoked"];

export interface IssuedFigures {
  /** Certificates issued, those of authorities and OCSP responders not among them: exactly. */
  issued: number;
  /** Those of them that have not expired and are neither held nor revoked; COUNT_BOUND + 1 means more than the bound. */
  valid: number;
}

/** How many certificates each authority has issued, by its id. @throws DomainError `forbidden` */
export async function issuedFigures(
  installation: Installation,
  actor: Actor,
  authorityIds: readonly string[],
): Promise<Map<string, IssuedFigures>> {
  authorize(actor, "certificate:read");
  const { database, clock } = installation;
  const now = clock.now();
  const figures = await Promise.all(
    authorityIds.map(async (issuerId): Promise<[string, IssuedFigures]> => {
      const cohorts = await database.read.certificateCohort.findMany({
        where: { issuerId, kind: "end-entity", ...NOT_OF_RESPONDERS },
        select: { id: true, count: true, state: true },
      });
      const issued = cohorts.reduce((sum, { count }) => sum + count, 0);
      const ids = cohorts.filter(({ state }) => !REFUSED.includes(state)).map(({ id }) => id);
      return [issuerId, { issued, valid: await countValid(database, ids, now) }];
    }),
  );
  return new Map(figures);
}

/**
 * How many end-entity certificates are valid now; COUNT_BOUND + 1 means more than the bound.
 *
 * @throws DomainError `forbidden`
 */
export async function countValidCertificates(installation: Installation, actor: Actor): Promise<number> {
  authorize(actor, "certificate:read");
  const { database, clock } = installation;
  const cohorts = await database.read.certificateCohort.findMany({
    where: { kind: "end-entity", count: { gt: 0 }, state: { notIn: REFUSED }, ...NOT_OF_RESPONDERS },
    select: { id: true },
  });
  return countValid(
    database,
    cohorts.map(({ id }) => id),
    clock.now(),
  );
}

/**
 * How many certificates that work some authorities have issued: those of authorities among them, those of OCSP
 * responders not.
 *
 * @param now whole seconds
 */
export async function countLive(
  database: Database,
  authorityIds: readonly string[],
  now: Date,
): Promise<number> {
  const cohorts = await database.read.certificateCohort.findMany({
    where: {
      issuerId: { in: [...authorityIds] },
      count: { gt: 0 },
      state: { notIn: REFUSED },
      ...NOT_OF_RESPONDERS,
    },
    select: { id: true },
  });
  // Of the index alone: what is being issued just now may be counted already.
  const { sql, parameters } = allOf([
    isAmong(
      database,
      cohorts.map(({ id }) => id),
    ),
    expiresBetween(database, { from: new Date(now.getTime() + 1), to: null }, '"notAfter"'),
  ]);
  const [row] = await queryRows(
    database,
    `SELECT count(*) AS "count" FROM "Certificate" WHERE ${sql}`,
    parameters,
  );
  return Number(row?.count);
}

/** Counts along the index of cohort and expiry, and stops just over the bound. */
async function countValid(database: Database, cohortIds: readonly number[], now: Date): Promise<number> {
  const { sql, parameters } = allOf([
    isAmong(database, cohortIds),
    expiresBetween(database, { from: new Date(now.getTime() + 1), to: null }, '"notAfter"'),
    condition(`"status" = 'issued'`),
  ]);
  const [row] = await queryRows(
    database,
    `SELECT count(*) AS "count" FROM (SELECT 1 FROM "Certificate" WHERE ${sql} LIMIT ${COUNT_BOUND + 1}) AS "valid"`,
    parameters,
  );
  return Number(row?.count);
}
