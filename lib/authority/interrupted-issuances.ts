import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";

/** Issuances that a process began and never finished, closed by recovery a short while ago. */
export interface InterruptedIssuances {
  /** At most COUNTED_MAX. */
  count: number;
  /** Names of the newest few. */
  names: string[];
  newestAt: Date | null;
}

const WITHIN_SECONDS = 24 * 3600;
export const COUNTED_MAX = 100;
const NAMED = 3;

/** What was interrupted within the last 24 hours. @throws DomainError `forbidden` */
export async function interruptedIssuances(
  installation: Installation,
  actor: Actor,
): Promise<InterruptedIssuances> {
  authorize(actor, "certificate:read");
  const since = addSeconds(installation.clock.now(), -WITHIN_SECONDS);
  // By the audit trail, whose index leads to the newest of one action; certificates have none for this.
  const newest = await installation.database.read.auditEvent.findMany({
    where: { action: "certificate.abandoned" },
    orderBy: { sequence: "desc" },
    take: COUNTED_MAX,
    select: { at: true, objectName: true },
  });
  const recent = newest.filter((event) => event.at >= since);
  return {
    count: recent.length,
    names: recent.slice(0, NAMED).map((event) => event.objectName),
    newestAt: recent[0]?.at ?? null,
  };
}
