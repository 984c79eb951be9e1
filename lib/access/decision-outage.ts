import { z } from "zod";
import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { DecisionCounts } from "#lib/access/decision-counts.ts";
import { appendAudit } from "#lib/audit/append.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import type { Reader } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/** A restart of the database is no event, unless somebody was let in for lack of it. */
const WORTH_SAYING_MS = 5_000;

/** Who is let in again and again is told of together. */
const EVERY_MS = 60_000;

const DETACHED = "decisions.detached";

const outageSchema = z.object({
  since: z.coerce.date(),
  until: z.coerce.date(),
  /** Decisions made meanwhile. */
  decisions: z.number(),
  /** Of them, who was let in because nobody could decide. */
  failOpen: z.number(),
});

/** A time in which a process decided without the database. */
export type DecisionOutage = z.infer<typeof outageSchema>;

/** Writes into the audit trail when decisions were made without the database, as soon as it answers again. */
export function recordOutages(
  installation: Installation,
  access: AccessSnapshot,
  counts: DecisionCounts,
): void {
  let before = { total: 0, failOpen: 0, at: installation.clock.now() };
  let recordedAt = Number.NEGATIVE_INFINITY;
  access.onFollowed = (since) => {
    const { total, failOpen } = counts;
    const at = installation.clock.now();
    if (since === null) {
      // The database answered who asked for changes, and not who asked about a certificate.
      const isEvent = failOpen > before.failOpen;
      if (!isEvent) before = { total, failOpen, at };
      if (!isEvent || performance.now() - recordedAt < EVERY_MS) return;
    }
    const outage = {
      since: since ?? before.at,
      until: at,
      decisions: total - before.total,
      failOpen: failOpen - before.failOpen,
    };
    before = { total, failOpen, at };
    if (at.getTime() - outage.since.getTime() < WORTH_SAYING_MS && outage.failOpen === 0) return;
    recordedAt = performance.now();
    recordOutage(installation, outage).catch((error: unknown) => {
      log("access").error({ err: error, ...outage }, "an outage of the database could not be recorded");
    });
  };
}

async function recordOutage({ database }: Installation, outage: DecisionOutage): Promise<void> {
  await database.write((transaction) =>
    appendAudit(transaction, systemActor("decisions"), outage.until, {
      action: DETACHED,
      object: { kind: "database", id: "", name: "database" },
      details: { ...outage },
    }),
  );
}

/** So long after its end an outage is told of. */
const TOLD_MS = 24 * 3_600_000;
const TOLD_MAX = 20;

/** Outages that ended within the last day, the newest first. */
export async function recentOutages(read: Reader, now: Date): Promise<DecisionOutage[]> {
  const rows = await read.auditEvent.findMany({
    where: { action: DETACHED, at: { gt: new Date(now.getTime() - TOLD_MS) } },
    select: { details: true },
    orderBy: { sequence: "desc" },
    take: TOLD_MAX,
  });
  return rows.map(({ details }) => outageSchema.parse(JSON.parse(details)));
}
