import { appendAudit } from "#lib/audit/append.ts";
import type { Actor, UserActor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/** A place where somebody is signed in. */
export interface SessionView {
  id: string;
  createdAt: Date;
  /** When it was prolonged last: a sign of use, to about ten minutes. */
  updatedAt: Date;
  expiresAt: Date;
  address: string;
  userAgent: string;
}

/** The person's own sessions, newest first. */
export function listOwnSessions(installation: Installation, actor: UserActor): Promise<SessionView[]> {
  authorize(actor, "account:manage");
  return sessionsOf(installation, actor.id);
}

/** The sessions of anybody. @throws DomainError `forbidden` */
export function listSessions(
  installation: Installation,
  actor: Actor,
  input: { userId: string },
): Promise<SessionView[]> {
  authorize(actor, "user:read");
  return sessionsOf(installation, input.userId);
}

/** Ends one of the person's own sessions. @throws DomainError `notFound` */
export function endOwnSession(
  installation: Installation,
  actor: UserActor,
  input: { id: string },
): Promise<void> {
  authorize(actor, "account:manage");
  return endOne(installation, actor, { id: input.id, userId: actor.id }, "session.revoked");
}

/** Signs the person out of the session in hand. */
export function signOut(
  installation: Installation,
  actor: UserActor,
  input: { sessionId: string },
): Promise<void> {
  authorize(actor, "account:manage");
  return endOne(installation, actor, { id: input.sessionId, userId: actor.id }, "user.signed-out");
}

/** Ends all of the person's sessions but one. @returns how many */
export function endOtherSessions(
  installation: Installation,
  actor: UserActor,
  input: { sessionId: string },
): Promise<number> {
  authorize(actor, "account:manage");
  return installation.database.write(async (transaction) => {
    const { count } = await transaction.session.deleteMany({
      where: { userId: actor.id, id: { not: input.sessionId } },
    });
    await appendAudit(transaction, actor, installation.clock.now(), {
      action: "session.revoked",
      object: { kind: "user", id: actor.id, name: actor.name },
      details: { sessions: count, which: "all others" },
    });
    return count;
  });
}

/** Ends one session of anybody. @throws DomainError `forbidden`, `notFound` */
export function endSession(installation: Installation, actor: Actor, input: { id: string }): Promise<void> {
  authorize(actor, "user:manage");
  return endOne(installation, actor, { id: input.id }, "session.revoked");
}

/** Ends every session of a person in a transaction that changes more. @returns how many */
export async function endAllSessions(transaction: Transaction, userId: string): Promise<number> {
  const { count } = await transaction.session.deleteMany({ where: { userId } });
  return count;
}

async function sessionsOf(installation: Installation, userId: string): Promise<SessionView[]> {
  const rows = await installation.database.read.session.findMany({
    where: { userId, expiresAt: { gt: installation.clock.now() } },
    select: {
      id: true,
      createdAt: true,
      updatedAt: true,
      expiresAt: true,
      ipAddress: true,
      userAgent: true,
    },
    orderBy: { createdAt: "desc" },
  });
  return rows.map(({ ipAddress, userAgent, ...row }) => ({
    ...row,
    address: ipAddress ?? "",
    userAgent: userAgent ?? "",
  }));
}

function endOne(
  installation: Installation,
  actor: Actor,
  where: { id: string; userId?: string },
  action: "session.revoked" | "user.signed-out",
): Promise<void> {
  return installation.database.write(async (transaction) => {
    const session = await transaction.session.findFirst({
      where,
      select: { ipAddress: true, user: { select: { id: true, email: true } } },
    });
    if (session === null) throw new DomainError("notFound", "There is no such session any more.");
    await transaction.session.delete({ where: { id: where.id } });
    await appendAudit(transaction, actor, installation.clock.now(), {
      action,
      object: { kind: "user", id: session.user.id, name: session.user.email },
      details: { session: where.id, address: session.ipAddress },
    });
  });
}
