import { noteClientChange } from "#lib/access/access-change.ts";
import { type CertificateBehind, certificatesBehind } from "#lib/access/credential-certificates.ts";
import { revokeEnded } from "#lib/access/credential-end.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Reader, Transaction } from "#lib/database.ts";
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
  const ended: string[] = [];
  await setStatus(
    installation,
    actor,
    id,
    { from: null, to: "retired", action: "client.retired", details: { revokes } },
    async (transaction, now) => {
      if (revokes) ended.push(...(await endWithCertificates(transaction, id, now)));
    },
  );
  await revokeEnded(installation, actor, ended);
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
  for (const credential of await revocableCredentials(read, id, now)) {
    for (const each of await certificatesBehind(read, credential, now, SHOWN, id)) found.set(each.id, each);
  }
  return [...found.values()].slice(0, SHOWN);
}

const SHOWN = 100;

/**
 * Ends a client's credentials that stand for certificates, so that these are revoked with them: at once by whoever
 * calls, or later by whoever finds them.
 */
async function endWithCertificates(transaction: Transaction, clientId: string, now: Date): Promise<string[]> {
  const ids = (await revocableCredentials(transaction, clientId, now)).map(({ id }) => id);
  await transaction.credential.updateMany({
    where: { id: { in: ids } },
    data: { endsAt: now, revokesAtEnd: true },
  });
  return ids;
}

function revocableCredentials(reader: Reader | Transaction, clientId: string, now: Date) {
  return reader.credential.findMany({
    where: { clientId, kind: { not: "name" }, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
    select: { id: true, kind: true, sha256: true },
    orderBy: { id: "asc" },
  });
}

interface StatusChange {
  /** Null for any that is not retired. */
  from: string | null;
  to: "active" | "suspended" | "retired";
  action: string;
  details?: Record<string, unknown>;
}

async function setStatus(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  { from, to, action, details = {} }: StatusChange,
  also: (transaction: Transaction, now: Date) => Promise<void> = async () => {},
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
    await also(transaction, now);
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
