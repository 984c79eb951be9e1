import { noteClientChange } from "#lib/access/access-change.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Refuses a client everywhere, within a second, until it is resumed. Its certificate stays as it is: a client is
 * suspended, a certificate is held.
 *
 * @throws DomainError `notFound`; `conflict` when it is suspended or retired already
 */
export function suspendClient(installation: Installation, actor: Actor, id: string): Promise<void> {
  authorize(actor, "client:manage");
  return setStatus(installation, actor, id, { from: "active", to: "suspended", action: "client.suspended" });
}

/**
 * Lets a suspended client in again.
 *
 * @throws DomainError `notFound`; `conflict` when it is not suspended
 */
export function resumeClient(installation: Installation, actor: Actor, id: string): Promise<void> {
  authorize(actor, "client:manage");
  return setStatus(installation, actor, id, { from: "suspended", to: "active", action: "client.resumed" });
}

/**
 * Refuses a client for good. Its name stays taken, so that what the audit trail says of it stays clear.
 *
 * @throws DomainError `notFound`; `conflict` when it is retired already, or protected
 */
export function retireClient(installation: Installation, actor: Actor, id: string): Promise<void> {
  authorize(actor, "client:manage");
  return setStatus(installation, actor, id, { from: null, to: "retired", action: "client.retired" });
}

interface StatusChange {
  /** Null for any that is not retired. */
  from: string | null;
  to: "active" | "suspended" | "retired";
  action: string;
}

async function setStatus(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  { from, to, action }: StatusChange,
): Promise<void> {
  const now = clock.now();
  await database.write(async (transaction) => {
    const { name, status, isProtected } = await presentClient(transaction, id, null);
    if (from !== null && status !== from) throw new DomainError("conflict", `${name} is ${status} already.`);
    if (to === "retired" && isProtected) {
      throw new DomainError(
        "conflict",
        `${name} is protected: take the protection away before it is retired.`,
      );
    }
    await transaction.client.update({
      where: { id },
      data: { status: to, statusSince: now, version: { increment: 1 } },
    });
    await noteClientChange(transaction, id);
    await appendAudit(transaction, actor, now, {
      action,
      object: { kind: "client", id, name },
      details: { before: status },
    });
  });
}
