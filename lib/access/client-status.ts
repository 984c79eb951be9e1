import { noteClientChange } from "#lib/access/access-change.ts";
import { type CertificateBehind, certificatesBehind } from "#lib/access/credential-certificates.ts";
import { revokeEnded } from "#lib/access/credential-end.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { truncateToSecond } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
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
 * Refuses a client for good. Its name stays taken, so that what the audit trail says of it stays clear; its
 * credentials end, so that what it was known by may be another's. Certificates that were to be revoked at the end of
 * a credential are revoked now.
 *
 * @param wishes `revokes`: the certificates behind its credentials are revoked as well
 * @throws DomainError `notFound`; `conflict` when it is retired already, or protected; `forbidden` for `revokes`
 *   unless the actor may revoke
 */
export async function retireClient(
  installation: Installation,
  actor: Actor,
  id: string,
  { revokes = false }: { revokes?: boolean } = {},
): Promise<void> {
  authorize(actor, "client:manage");
  if (revokes) authorize(actor, "certificate:revoke");
  let revoking: string[] = [];
  await setStatus(
    installation,
    actor,
    id,
    { from: null, to: "retired", action: "client.retired" },
    async (transaction, now) => {
      const ended = await endCredentials(transaction, id, revokes, now);
      revoking = ended.revoking;
      return { revokes, credentialsEnded: ended.count };
    },
  );
  await revokeEnded(installation, actor, revoking);
}

/**
 * The certificates that would be revoked if the client were retired with them.
 *
 * @returns at most 100
 * @throws DomainError `forbidden`
 */
export async function certificatesOfClient(
  { database: { read }, clock }: Installation,
  actor: Actor,
  id: string,
): Promise<CertificateBehind[]> {
  authorize(actor, "client:read");
  const now = clock.now();
  const found = new Map<string, CertificateBehind>();
  const revocable = await read.credential.findMany({
    where: { ...lasting(id, now), ...STANDS_FOR_CERTIFICATES },
    select: { id: true, kind: true, sha256: true },
    orderBy: { id: "asc" },
  });
  for (const credential of revocable) {
    for (const each of await certificatesBehind(read, credential, now, SHOWN, id)) found.set(each.id, each);
  }
  return [...found.values()].slice(0, SHOWN);
}

const SHOWN = 100;

const lasting = (clientId: string, now: Date) => ({
  clientId,
  OR: [{ endsAt: null }, { endsAt: { gt: now } }],
});

const STANDS_FOR_CERTIFICATES = { kind: { not: "name" } };

/**
 * Ends all credentials of a client.
 *
 * @param revokes whether all certificates behind them are to be revoked
 * @returns how many, and those behind which certificates are to be revoked: at once by whoever calls, or later by
 *   whoever finds them
 */
async function endCredentials(
  transaction: Transaction,
  clientId: string,
  revokes: boolean,
  now: Date,
): Promise<{ count: number; revoking: string[] }> {
  const all = lasting(clientId, now);
  if (revokes) {
    await transaction.credential.updateMany({
      where: { ...all, ...STANDS_FOR_CERTIFICATES },
      data: { revokesAtEnd: true },
    });
  }
  const revoking = await transaction.credential.findMany({
    where: { ...all, revokesAtEnd: true },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  // In whole seconds, like every start: another's begins at the same second at the earliest.
  const { count } = await transaction.credential.updateMany({
    where: all,
    data: { endsAt: truncateToSecond(now) },
  });
  return { count, revoking: revoking.map(({ id }) => id) };
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
  also: (transaction: Transaction, now: Date) => Promise<Record<string, unknown>> = async () => ({}),
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
    const details = await also(transaction, now);
    await transaction.client.update({
      where: { id },
      data: { status: to, statusSince: now, version: { increment: 1 } },
    });
    await noteClientChange(transaction, id);
    await appendAudit(transaction, actor, now, {
      action,
      object: { kind: "client", id, name },
      details: { before: status, ...details },
    });
  });
}
