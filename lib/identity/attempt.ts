import { type AuditEntry, appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * What better-auth writes is not in our transaction. So an event says *attempted* before, another
 * says how it ended, and what a crash left open is closed later.
 */
export interface Attempt {
  id: string;
  actor: Actor;
  action: AttemptedAction;
  object: AuditEntry["object"];
  details: Record<string, unknown>;
}

export const ATTEMPTED_ACTIONS = [
  "user.signed-in",
  "totp.enabled",
  "backup-codes.regenerated",
  "passkey.added",
] as const;
export type AttemptedAction = (typeof ATTEMPTED_ACTIONS)[number];

export interface AttemptEnd {
  outcome: "done" | "refused" | "failed";
  /** Who it turned out to be; default: who attempted. */
  actor?: Actor;
  /** What was reached instead of the goal, e.g. the first of two steps. */
  action?: string;
  details?: Record<string, unknown>;
}

/** After this time an open attempt has been cut off: no request takes so long. */
const OPEN_SECONDS_MAX = 60;

const CLOSED_THROUGH = "attempts-closed-through";

/** Writes that something is about to be tried. */
export async function openAttempt(
  transaction: Transaction,
  at: Date,
  attempt: Omit<Attempt, "id">,
): Promise<Attempt> {
  const opened = { id: newId(), ...attempt };
  await appendAudit(transaction, attempt.actor, at, {
    action: attempt.action,
    object: attempt.object,
    outcome: "attempted",
    details: { ...attempt.details, attempt: opened.id },
  });
  return opened;
}

/** Writes how an attempt ended. @param further what else changes in the same transaction */
export async function closeAttempt(
  installation: Installation,
  attempt: Attempt,
  end: AttemptEnd,
  further?: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  await installation.database.write(async (transaction) => {
    await further?.(transaction);
    await appendAudit(transaction, end.actor ?? attempt.actor, installation.clock.now(), {
      action: end.action ?? attempt.action,
      object: attempt.object,
      outcome: end.outcome,
      details: { ...attempt.details, ...end.details, attempt: attempt.id },
    });
  });
}

/**
 * Closes the attempts that no process will close any more. Run at start and now and then; several
 * processes may.
 *
 * @returns how many it closed
 */
export async function closeInterruptedAttempts(installation: Installation): Promise<number> {
  const { database, clock } = installation;
  const before = addSeconds(clock.now(), -OPEN_SECONDS_MAX);
  return database.write(async (transaction) => {
    const mark = await transaction.setting.findUnique({ where: { key: CLOSED_THROUGH } });
    const from = mark === null ? 0 : Number(mark.value);
    const attempted = await transaction.auditEvent.findMany({
      where: {
        sequence: { gt: from },
        action: { in: [...ATTEMPTED_ACTIONS] },
        outcome: "attempted",
        at: { lt: before },
      },
      orderBy: { sequence: "asc" },
      take: LOOKED_AT_MAX,
    });
    const oldest = attempted[0];
    const newest = attempted.at(-1);
    if (oldest === undefined || newest === undefined) return 0;
    const ends = await transaction.auditEvent.findMany({
      where: {
        sequence: { gt: oldest.sequence },
        outcome: { in: ["done", "refused", "failed"] },
        details: { contains: '"attempt":"' },
      },
      select: { details: true },
    });
    const ended = new Set(ends.map((event) => attemptOf(event.details)));
    const open = attempted.filter((event) => !ended.has(attemptOf(event.details)));
    await appendAudit(
      transaction,
      systemActor("recovery"),
      clock.now(),
      ...open.map((event) => ({
        action: event.action,
        object: { kind: event.objectKind, id: event.objectId, name: event.objectName },
        outcome: "failed" as const,
        details: { attempt: attemptOf(event.details), reason: "interrupted" },
      })),
    );
    const value = String(newest.sequence);
    await transaction.setting.upsert({
      where: { key: CLOSED_THROUGH },
      create: { key: CLOSED_THROUGH, value },
      update: { value },
    });
    return open.length;
  });
}

/** Keeps the transaction short after a long time; the next run goes on. */
const LOOKED_AT_MAX = 1_000;

function attemptOf(details: string): unknown {
  return (JSON.parse(details) as { attempt?: unknown }).attempt;
}
