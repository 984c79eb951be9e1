import { countAccessChange } from "#lib/access/access-change.ts";
import { type ClientInput, clientInputSchema } from "#lib/access/client-input.ts";
import {
  type ClientSource,
  checkExpiry,
  checkName,
  recordClient,
  storedClient,
} from "#lib/access/client-record.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

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
  return database.write(async (transaction) => {
    const { id, entry } = await recordClient(transaction, actor, now, wanted, source);
    await appendAudit(transaction, actor, now, entry);
    return id;
  });
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
      data: { ...storedClient(wanted), change, version: { increment: 1 } },
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
