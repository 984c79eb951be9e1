import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/** A hold is for a suspicion: who has not found out in a week has forgotten it. */
export const DECIDE_WITHIN_DAYS = 7;

/** Held certificates that wait for somebody to release or revoke them. */
export interface WaitingHolds {
  /** The longest waiting first, some of them. */
  holds: { id: string; displayName: string; heldAt: Date; requestedBy: string }[];
  /** How many there are, as far as they were looked at. */
  count: number;
  /** There are more than were looked at. */
  more: boolean;
}

const LOOKED_AT_MAX = 1_000;
const NAMED_MAX = 5;

/**
 * Certificates that we hold for more than a week and that have not expired.
 *
 * @throws DomainError `forbidden`
 */
export async function waitingHolds(
  { database: { read }, clock }: Installation,
  actor: Actor,
): Promise<WaitingHolds> {
  authorize(actor, "certificate:read");
  const now = clock.now();
  // By cohort, because among a million revocations few are holds.
  const cohorts = await read.certificateCohort.findMany({
    where: { state: "held", count: { gt: 0 } },
    select: { id: true },
  });
  const held = await read.certificate.findMany({
    where: { cohortId: { in: cohorts.map(({ id }) => id) }, notAfter: { gt: now }, ...ISSUED },
    select: { id: true },
    take: LOOKED_AT_MAX + 1,
  });
  const waiting = await read.revocation.findMany({
    where: {
      certificateId: { in: held.slice(0, LOOKED_AT_MAX).map(({ id }) => id) },
      sourceId: null,
      revokedAt: { lt: addSeconds(now, -DECIDE_WITHIN_DAYS * 86_400) },
    },
    orderBy: [{ revokedAt: "asc" }, { certificateId: "asc" }],
    select: { revokedAt: true, requestedBy: true, certificate: { select: { id: true, displayName: true } } },
  });
  return {
    holds: waiting.slice(0, NAMED_MAX).map(({ certificate, revokedAt, requestedBy }) => ({
      ...certificate,
      heldAt: revokedAt,
      requestedBy,
    })),
    count: waiting.length,
    more: held.length > LOOKED_AT_MAX,
  };
}
