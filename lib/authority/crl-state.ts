import { lateAt, pendingLateSeconds, replacedAt, restSeconds } from "#lib/authority/crl-times.ts";
import { issuerKey } from "#lib/authority/same-issuer.ts";
import { addSeconds } from "#lib/clock.ts";
import type { ColumnValue, Row } from "#lib/driver.ts";
import type { Installation } from "#lib/installation.ts";
import { queryRows, timeOf } from "#lib/sql-steps.ts";

/** What there is to publish for an authority, and what is published. */
export interface CrlState {
  authorityId: string;
  slug: string;
  name: string;
  /** Seconds that a list made now would live. */
  life: number;
  /** The value of CrlPublication.changes that the list in force contains. */
  published: number;
  /** When the oldest change that is not published yet was made. */
  pendingSince: Date | null;
  /** Of the list in force; 0 before the first. */
  number: bigint;
  failingSince: Date | null;
  failure: string;
  crl: {
    id: string;
    thisUpdate: Date;
    nextUpdate: Date;
    createdAt: Date;
    entries: number;
    size: number;
  } | null;
}

/**
 * The state of every authority that must publish: those whose certificate, or another one of the same name and key,
 * has not ended, also when they are retired or revoked, because what they issued is still in use. Asked several
 * times a second, so it reads no list and counts nothing.
 */
export async function crlStates({ database, clock, config }: Installation): Promise<CrlState[]> {
  const now = clock.now();
  // Certificates that we issued ourselves (OCSP responders) do not make an authority one of end entities.
  const rows = await queryRows(
    database,
    `SELECT a."id", a."slug", a."name", c."notAfter", c."keySha256", c."subject",
       p."published", p."pendingSince", CAST(p."number" AS TEXT) AS "number", p."failingSince", p."failure",
       l."id" AS "crlId", l."thisUpdate", l."nextUpdate", l."createdAt", l."entries", l."size",
       CASE WHEN EXISTS (SELECT 1 FROM "CertificateProfile" f WHERE f."authorityId" = a."id")
         OR EXISTS (SELECT 1 FROM "Certificate" e
           WHERE e."issuerId" = a."id" AND e."kind" = 'end-entity' AND e."source" <> 'system')
       THEN 1 ELSE 0 END AS "hasEndEntities"
     FROM "Authority" a JOIN "Certificate" c ON c."id" = a."certificateId"
       LEFT JOIN "CrlPublication" p ON p."authorityId" = a."id" LEFT JOIN "Crl" l ON l."id" = p."crlId"
     ORDER BY a."slug"`,
  );
  const issuers = Map.groupBy(rows, issuerKeyOf);
  return rows.flatMap((row) => {
    const same = issuers.get(issuerKeyOf(row)) ?? [];
    if (same.every(({ notAfter }) => timeOf(notAfter) <= now)) return [];
    return {
      authorityId: String(row.id),
      slug: String(row.slug),
      name: String(row.name),
      life: Number(row.hasEndEntities) === 1 ? config.crlLife.endEntities : config.crlLife.authorities,
      published: Number(row.published ?? 0),
      pendingSince: timeOrNull(row.pendingSince),
      number: BigInt(String(row.number ?? 0)),
      failingSince: timeOrNull(row.failingSince),
      failure: String(row.failure ?? ""),
      crl:
        row.crlId == null
          ? null
          : {
              id: String(row.crlId),
              thisUpdate: timeOf(row.thisUpdate),
              nextUpdate: timeOf(row.nextUpdate),
              createdAt: timeOf(row.createdAt),
              entries: Number(row.entries),
              size: Number(row.size),
            },
    };
  });
}

const issuerKeyOf = ({ keySha256, subject }: Row) =>
  issuerKey({ keySha256: String(keySha256), subject: String(subject) });

const timeOrNull = (value: ColumnValue | undefined) => (value == null ? null : timeOf(value));

/**
 * Whether a list is to be published now: there is none, half of its life is over, it is valid in the future only
 * (the clock went back), or something changed. The first change is published at once, those that follow after
 * the list has rested.
 *
 * @param now whole seconds
 */
export function isDue({ crl, life, pendingSince }: CrlState, now: Date): boolean {
  if (crl === null || crl.thisUpdate > now || replacedAt(crl, life) <= now) return true;
  if (pendingSince === null) return false;
  return crl.createdAt > now || addSeconds(crl.createdAt, restSeconds(crl)) <= now;
}

/** How much a list is of concern, the worst first. */
export type CrlConcern = "missing" | "expired" | "late" | "due" | "ok";

/** How much a list is of concern. @param now whole seconds */
export function crlConcern(state: CrlState, now: Date): CrlConcern {
  const { crl, life, pendingSince } = state;
  if (crl === null) return "missing";
  if (crl.nextUpdate <= now) return "expired";
  const waits = pendingSince !== null && addSeconds(pendingSince, pendingLateSeconds(crl)) < now;
  if (waits || lateAt(crl, life) < now) return "late";
  return pendingSince !== null || isDue(state, now) ? "due" : "ok";
}
