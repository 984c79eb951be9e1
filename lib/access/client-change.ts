import { countAccessChange } from "#lib/access/access-change.ts";
import {
  type ClientFacts,
  type ClientInput,
  clientInputSchema,
  clientNameKey,
} from "#lib/access/client-input.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { truncateToSecond } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/** How a client came to be known. */
export type ClientSource = "hand" | "import" | "traffic";

/**
 * Creates a client. It proves itself by nothing yet, and may call nothing.
 *
 * @returns its id
 * @throws DomainError `malformed`; `conflict` when another client has the name; each naming the field
 */
export async function createClient(
  { database, clock }: Installation,
  actor: Actor,
  input: ClientInput,
  source: ClientSource = "hand",
): Promise<string> {
  authorize(actor, "client:manage");
  const wanted = parsed(clientInputSchema, input);
  const now = clock.now();
  checkExpiry(wanted, now);
  const id = newId();
  await database.write(async (transaction) => {
    await checkName(transaction, wanted.name, id);
    const change = await countAccessChange(transaction);
    await transaction.client.create({
      data: {
        ...stored(wanted),
        ...{
          id,
          source,
          change,
          status: "active",
          statusSince: now,
          createdAt: now,
          createdBy: actor.name,
          version: 1,
        },
      },
    });
    await appendAudit(transaction, actor, now, {
      action: "client.created",
      object: { kind: "client", id, name: wanted.name },
      details: { after: wanted, source },
    });
  });
  return id;
}

/**
 * Changes the facts of a client; what is left out gets its usual value.
 *
 * @param version the version that the person saw
 * @throws DomainError `notFound`, `conflict`, `malformed`
 */
export async function changeClient(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  version: number,
  input: ClientInput,
): Promise<void> {
  authorize(actor, "client:manage");
  const wanted = parsed(clientInputSchema, input);
  const now = clock.now();
  await database.write(async (transaction) => {
    const present = await presentClient(transaction, id, version);
    if (wanted.expiresAt?.getTime() !== present.expiresAt?.getTime()) checkExpiry(wanted, now);
    await checkName(transaction, wanted.name, id);
    const change = await countAccessChange(transaction);
    await transaction.client.update({
      where: { id },
      data: { ...stored(wanted), change, version: { increment: 1 } },
    });
    const { name, environment, owner, tags, notes, expiresAt, isProtected } = present;
    await appendAudit(transaction, actor, now, {
      action: "client.changed",
      object: { kind: "client", id, name: wanted.name },
      details: {
        before: { name, environment, owner, tags: JSON.parse(tags), notes, expiresAt, isProtected },
        after: wanted,
      },
    });
  });
}

function checkExpiry({ expiresAt }: ClientFacts, now: Date): void {
  if (expiresAt === null || expiresAt > now) return;
  throw malformed("expiresAt", "client.expiry", "The end of the client's life is not in the future.");
}

async function checkName(transaction: Transaction, name: string, id: string): Promise<void> {
  const other = await transaction.client.findUnique({
    where: { nameKey: clientNameKey(name) },
    select: { id: true, name: true },
  });
  if (other === null || other.id === id) return;
  throw new DomainError("conflict", `There is a client of this name already: ${other.name}.`, {
    violations: [{ field: "name", rule: "client.name", detail: `The name is that of ${other.name}.` }],
  });
}

function stored({ name, environment, owner, tags, notes, expiresAt, isProtected }: ClientFacts) {
  return {
    ...{ name, environment, owner, notes, isProtected, nameKey: clientNameKey(name) },
    tags: JSON.stringify(tags),
    expiresAt: expiresAt === null ? null : truncateToSecond(expiresAt),
  };
}
