import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Prisma } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";
import { causeTitle } from "./cause-title.ts";
import { rateOf } from "./heat.ts";

/**
 * Says that a failure is over. It comes back by itself when it happens again.
 *
 * @throws DomainError `forbidden`, `notFound`; `conflict` when it is resolved already
 */
export function resolveFailure(installation: Installation, actor: Actor, id: string): Promise<void> {
  authorize(actor, "failure:manage");
  return changeFailure(installation, actor, id, ({ state }, now) => {
    if (state === "resolved") throw new DomainError("conflict", "This failure is resolved already.");
    return { action: "failure.resolved", what: "resolved", why: "", data: resolvedByHand(now) };
  });
}

/**
 * Says that a resolved failure is not over.
 *
 * @throws DomainError `forbidden`, `notFound`; `conflict` when it is not resolved
 */
export function reopenFailure(installation: Installation, actor: Actor, id: string): Promise<void> {
  authorize(actor, "failure:manage");
  return changeFailure(installation, actor, id, ({ state }, now) => {
    if (state !== "resolved") throw new DomainError("conflict", `This failure is ${state}, not resolved.`);
    return { action: "failure.reopened", what: "reopened", why: "", data: openedByHand(now) };
  });
}

/** How long a failure is muted: at least one of both. */
export interface MuteInput {
  /** Until then: in the future, a year at most. */
  until?: Date | undefined;
  /** Until it comes twice as often as now. */
  untilWorse?: boolean | undefined;
}

const YEAR_SECONDS = 366 * 86_400;

/**
 * Keeps a failure out of sight until a time, or until it gets worse, whichever comes first.
 *
 * @throws DomainError `forbidden`, `notFound`, `malformed` (`until`); `conflict` when it is resolved, or muted already
 */
export function muteFailure(
  installation: Installation,
  actor: Actor,
  id: string,
  { until, untilWorse = false }: MuteInput,
): Promise<void> {
  authorize(actor, "failure:manage");
  const now = installation.clock.now();
  if (until === undefined && !untilWorse) {
    throw malformed(
      "until",
      "failure.mute",
      "Say until when it is muted, or that it is until it gets worse.",
    );
  }
  if (until !== undefined && !(until > now && until <= addSeconds(now, YEAR_SECONDS))) {
    throw malformed("until", "failure.mute", "The mute must end in the future, within a year.");
  }
  return changeFailure(installation, actor, id, ({ state, heat }) => {
    if (state === "resolved")
      throw new DomainError("conflict", "This failure is resolved: there is nothing to mute.");
    if (state === "muted")
      throw new DomainError(
        "conflict",
        "This failure is muted already: unmute it first to mute it otherwise.",
      );
    const muteRate = untilWorse ? rateOf(heat, now.getTime()) : null;
    return {
      action: "failure.muted",
      what: "muted",
      why: [
        ...(until === undefined ? [] : [`Until ${until.toISOString().slice(0, 16).replace("T", " ")} UTC.`]),
        ...(untilWorse ? ["Until it gets worse."] : []),
      ].join(" "),
      data: { state: "muted", stateSince: now, muteUntil: until ?? null, muteRate },
    };
  });
}

/**
 * Ends a mute.
 *
 * @throws DomainError `forbidden`, `notFound`; `conflict` when it is not muted
 */
export function unmuteFailure(installation: Installation, actor: Actor, id: string): Promise<void> {
  authorize(actor, "failure:manage");
  return changeFailure(installation, actor, id, ({ state }, now) => {
    if (state !== "muted") throw new DomainError("conflict", `This failure is ${state}, not muted.`);
    return { action: "failure.unmuted", what: "unmuted", why: "", data: openedByHand(now) };
  });
}

/**
 * Says who looks after a failure.
 *
 * @param userId null for nobody
 * @param seen who looked after it when that was decided, so that the second of two is told; absent when it does not matter
 * @throws DomainError `forbidden`, `notFound`; `malformed` (`assignee`) for somebody who has no active account;
 *   `conflict` when somebody else took it meanwhile
 */
export function assignFailure(
  installation: Installation,
  actor: Actor,
  id: string,
  userId: string | null,
  seen?: string | null,
): Promise<void> {
  authorize(actor, "failure:manage");
  return changeFailure(installation, actor, id, async ({ assigneeId }, _now, transaction) => {
    if (seen !== undefined && seen !== assigneeId) {
      const present =
        assigneeId === null ? null : await transaction.user.findUnique({ where: { id: assigneeId } });
      throw new DomainError(
        "conflict",
        `Meanwhile it was assigned to ${present?.name ?? "nobody"}. Look again, then decide.`,
      );
    }
    const user =
      userId !== null && isReference(userId)
        ? await transaction.user.findUnique({ where: { id: userId } })
        : null;
    if (userId !== null && user?.status !== "active") {
      throw malformed("assignee", "failure.assignee", "This person has no active account.");
    }
    return {
      action: "failure.assigned",
      what: "assigned",
      why: user === null ? "To nobody." : `To ${user.name}.`,
      data: { assigneeId: userId },
    };
  });
}

interface FailureBefore {
  state: string;
  heat: number;
  assigneeId: string | null;
}

interface HandChange {
  action: string;
  what: "resolved" | "reopened" | "muted" | "unmuted" | "assigned";
  why: string;
  data: Prisma.FailureUpdateInput;
}

async function changeFailure(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  change: (
    before: FailureBefore,
    now: Date,
    transaction: Prisma.TransactionClient,
  ) => HandChange | Promise<HandChange>,
): Promise<void> {
  const now = clock.now();
  await database.write(async (transaction) => {
    const before = isReference(id) ? await transaction.failure.findUnique({ where: { id } }) : null;
    if (before === null) throw new DomainError("notFound", "There is no such failure.");
    const { action, what, why, data } = await change(before, now, transaction);
    const by = what === "assigned" ? {} : { stateBy: "hand" };
    await transaction.failure.update({ where: { id }, data: { ...data, ...by, version: { increment: 1 } } });
    await transaction.failureChange.create({
      data: { id: newId(), failureId: id, at: now, what, actorName: actor.name, why },
    });
    const whose = before.presentedName === "" ? "somebody without a name" : before.presentedName;
    await appendAudit(transaction, actor, now, {
      action,
      object: { kind: "failure", id, name: `${causeTitle(before.cause)}: ${whose}` },
      details: { before: before.state, ...(why === "" ? {} : { why }) },
    });
  });
}

/** By hand nothing came back: regressions count what happens by itself. */
function openedByHand(now: Date): Prisma.FailureUpdateInput {
  return { state: "open", stateSince: now, muteUntil: null, muteRate: null, resolvedAt: null };
}

function resolvedByHand(now: Date): Prisma.FailureUpdateInput {
  return { state: "resolved", stateSince: now, muteUntil: null, muteRate: null, resolvedAt: now };
}
