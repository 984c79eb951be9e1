import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { DecisionCounts } from "#lib/access/decision-counts.ts";
import { appendAudit } from "#lib/audit/append.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/** A restart of the database is no event, unless somebody was let in for lack of it. */
const WORTH_SAYING_MS = 5_000;

/** A time in which a process decided without the database. */
export interface DecisionOutage {
  since: Date;
  until: Date;
  /** Decisions made meanwhile. */
  decisions: number;
  /** Of them, who was let in because nobody could decide. */
  failOpen: number;
}

/** Writes into the audit trail when decisions were made without the database, as soon as it answers again. */
export function recordOutages(
  installation: Installation,
  access: AccessSnapshot,
  counts: DecisionCounts,
): void {
  let before = { total: 0, failOpen: 0 };
  access.onFollowed = (since) => {
    const { total, failOpen } = counts;
    if (since === null) {
      before = { total, failOpen };
      return;
    }
    const outage = {
      since,
      until: installation.clock.now(),
      decisions: total - before.total,
      failOpen: failOpen - before.failOpen,
    };
    before = { total, failOpen };
    if (outage.until.getTime() - since.getTime() < WORTH_SAYING_MS && outage.failOpen === 0) return;
    recordOutage(installation, outage).catch((error: unknown) => {
      log("access").error({ err: error, ...outage }, "an outage of the database could not be recorded");
    });
  };
}

async function recordOutage({ database }: Installation, outage: DecisionOutage): Promise<void> {
  await database.write((transaction) =>
    appendAudit(transaction, systemActor("decisions"), outage.until, {
      action: "decisions.detached",
      object: { kind: "database", id: "", name: "database" },
      details: { ...outage },
    }),
  );
}
