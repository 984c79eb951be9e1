import { appendAudit } from "#lib/audit/append.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { leaveInventory } from "#lib/inventory/enter-inventory.ts";
import { sqlSteps } from "#lib/sql-steps.ts";

/** An issuance takes well under a second; a reservation this old belongs to a process that died. */
export const RESERVATION_SECONDS = 30;

/**
 * Closes reservations that were never completed. The serial number stays taken; a completion that
 * comes later finds its reservation closed and is not handed out.
 *
 * @param olderThanSeconds shorter only where no other process can be issuing
 * @returns how many were closed
 */
export async function closeAbandonedReservations(
  installation: Installation,
  olderThanSeconds: number = RESERVATION_SECONDS,
): Promise<number> {
  const now = installation.clock.now();
  // What has no fingerprint was never issued: the index of fingerprints finds it among millions.
  const where = { sha256: null, status: "reserved", createdAt: { lte: addSeconds(now, -olderThanSeconds) } };
  const open = await installation.database.read.certificate.count({ where });
  if (open === 0) return 0;
  return installation.database.write(async (transaction) => {
    const found = await transaction.certificate.findMany({
      where,
      select: { id: true, serial: true, displayName: true },
      take: 500,
    });
    await transaction.certificate.updateMany({
      where: { id: { in: found.map((row) => row.id) }, status: "reserved" },
      data: { status: "abandoned" },
    });
    await leaveInventory(
      sqlSteps(installation.database, transaction),
      found.map((row) => row.id),
    );
    await appendAudit(
      transaction,
      systemActor("recovery"),
      now,
      ...found.map((row) => ({
        action: "certificate.abandoned",
        object: { kind: "certificate", id: row.id, name: row.displayName },
        details: { serial: row.serial, reason: "the process ended between reserving and signing" },
      })),
    );
    return found.length;
  });
}
