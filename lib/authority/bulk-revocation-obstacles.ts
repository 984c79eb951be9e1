import { REVOCABLE, type RevocationChange, refusalOf } from "#lib/authority/revoke-part.ts";
import type { Prisma } from "#lib/database.ts";
import type { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/** Why certificates are passed over when many are revoked, held or released. */
export const REVOCATION_OBSTACLES = {
  authority: "It belongs to an authority: revoke it by itself, where it is said what falls with it.",
  foreign: "It was not issued by an authority of this installation; only its issuer can revoke it.",
  serial: "Its serial number is too long for any list of revoked certificates.",
  revoked: "It is revoked already.",
  held: "It is on hold already.",
  "not-held": "It is not on hold.",
  expired: "It has expired: no relying party accepts it any more.",
  reason: "The reason does not fit such a certificate.",
  invalidAt: "It was not valid yet at the time of the compromise.",
} as const;

export type RevocationObstacle = keyof typeof REVOCATION_OBSTACLES;

/**
 * What stands in the way of changing certificates, as far as it can be told beforehand.
 *
 * @param ids at most 1,000
 * @returns by certificate; those that would change are not in it
 */
export async function revocationObstacles(
  { database, clock }: Installation,
  change: RevocationChange,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { kind: RevocationObstacle; sentence: string }>> {
  const rows = await database.read.certificate.findMany({
    where: { id: { in: [...ids] }, ...ISSUED },
    select: REVOCABLE,
  });
  const now = clock.now();
  const found = new Map<string, { kind: RevocationObstacle; sentence: string }>();
  for (const row of rows) {
    const kind = obstacleOf(row, change, now);
    if (kind !== null) found.set(row.id, { kind, sentence: REVOCATION_OBSTACLES[kind] });
  }
  return found;
}

function obstacleOf(
  row: Prisma.CertificateGetPayload<{ select: typeof REVOCABLE }>,
  change: RevocationChange,
  now: Date,
): RevocationObstacle | null {
  // One careless filter would take everything below it away.
  if (row.kind === "authority") return "authority";
  const refusal = refusalOf(change, row, now);
  return refusal === null ? null : kindOf(refusal, row.revocation?.reason);
}

function kindOf(refusal: DomainError, reason: string | undefined): RevocationObstacle {
  if (refusal.code === "expired") return "expired";
  if (refusal.code === "policyViolation") {
    return refusal.violations[0]?.rule === "revocation.serial" ? "serial" : "foreign";
  }
  if (refusal.code === "malformed") return refusal.violations[0]?.field === "reason" ? "reason" : "invalidAt";
  if (reason === undefined) return "not-held";
  return reason === "certificateHold" ? "held" : "revoked";
}
