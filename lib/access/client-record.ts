import { countAccessChange } from "#lib/access/access-change.ts";
import { type ClientFacts, clientNameKey } from "#lib/access/client-input.ts";
import type { AuditEntry } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { truncateToSecond } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";

/** How a client came to be known. */
export type ClientSource = "hand" | "import" | "traffic";

/**
 * Writes a client inside the transaction of its caller, who appends the event.
 *
 * @param now whole seconds
 * @throws DomainError `malformed`; `conflict` when another client has the name; each naming the field
 */
export async function recordClient(
  transaction: Transaction,
  actor: Actor,
  now: Date,
  facts: ClientFacts,
  source: ClientSource,
): Promise<{ id: string; entry: AuditEntry }> {
  checkExpiry(facts, now);
  const id = newId();
  await checkName(transaction, facts.name, id);
  const change = await countAccessChange(transaction);
  await transaction.client.create({
    data: {
      ...storedClient(facts),
      ...{ id, source, change, status: "active", statusSince: now, version: 1 },
      ...{ createdAt: now, createdBy: actor.name },
    },
  });
  return {
    id,
    entry: {
      action: "client.created",
      object: { kind: "client", id, name: facts.name },
      details: { after: facts, source },
    },
  };
}

/** @throws DomainError `malformed`, field `expiresAt` */
export function checkExpiry({ expiresAt }: ClientFacts, now: Date): void {
  if (expiresAt === null || expiresAt > now) return;
  throw malformed("expiresAt", "client.expiry", "The end of the client's life is not in the future.");
}

/**
 * @param id of the client that is to have the name
 * @throws DomainError `conflict`, field `name`, when another one has it
 */
export async function checkName(transaction: Transaction, name: string, id: string): Promise<void> {
  const other = await transaction.client.findUnique({
    where: { nameKey: clientNameKey(name) },
    select: { id: true, name: true },
  });
  if (other === null || other.id === id) return;
  throw new DomainError("conflict", `There is a client of this name already: ${other.name}.`, {
    violations: [{ field: "name", rule: "client.name", detail: `The name is that of ${other.name}.` }],
  });
}

/** The facts as columns. */
export function storedClient({ name, environment, owner, tags, notes, expiresAt, isProtected }: ClientFacts) {
  return {
    ...{ name, environment, owner, notes, isProtected, nameKey: clientNameKey(name) },
    tags: JSON.stringify(tags),
    expiresAt: expiresAt === null ? null : truncateToSecond(expiresAt),
  };
}
