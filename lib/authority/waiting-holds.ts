import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { queryRows, timeOf, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** A hold is for a suspicion: who has not found out in a week has forgotten it. */
export const DECIDE_WITHIN_DAYS = 7;

/** Held certificates that wait for somebody to release or revoke them. */
export interface WaitingHolds {
  /** Some of those that were counted, the longest waiting first. */
  holds: { id: string; displayName: string; heldAt: Date; requestedBy: string }[];
  /** How many there are, as far as they were counted. */
  count: number;
  /** There are more than were counted. */
  more: boolean;
}

const COUNTED_MAX = 1_000;
const NAMED_MAX = 5;

/**
 * Certificates that we hold for more than a week and that have not expired.
 *
 * @throws DomainError `forbidden`
 */
export async function waitingHolds({ database, clock }: Installation, actor: Actor): Promise<WaitingHolds> {
  authorize(actor, "certificate:read");
  const now = clock.now();
  const at = timeParameter(database);
  // By cohort, because among a million revocations few are holds.
  const rows = await queryRows(
    database,
    `SELECT c."id", c."displayName", r."revokedAt", r."requestedBy"
     FROM "CertificateCohort" h
     JOIN "Certificate" c ON c."cohortId" = h."id"
     JOIN "Revocation" r ON r."certificateId" = c."id"
     WHERE h."state" = 'held' AND h."count" > 0 AND c."notAfter" > ${at} AND c."status" = 'issued'
       AND r."sourceId" IS NULL AND r."revokedAt" < ${at}
     LIMIT ${COUNTED_MAX + 1}`,
    [timeValue(database, now), timeValue(database, addSeconds(now, -DECIDE_WITHIN_DAYS * 86_400))],
  );
  const holds = rows
    .slice(0, COUNTED_MAX)
    .map((row) => ({
      id: String(row.id),
      displayName: String(row.displayName),
      heldAt: timeOf(row.revokedAt),
      requestedBy: String(row.requestedBy),
    }))
    .sort((one, other) => one.heldAt.getTime() - other.heldAt.getTime());
  return { holds: holds.slice(0, NAMED_MAX), count: holds.length, more: rows.length > COUNTED_MAX };
}
