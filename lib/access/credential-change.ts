import { noteClientChange } from "#lib/access/access-change.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import { newCredential, recordCredential } from "#lib/access/credential-record.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { truncateToSecond } from "#lib/clock.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Gives a client one more thing by which it is known.
 *
 * @returns the id of the credential
 * @throws DomainError `malformed`; `notFound`; `conflict` when another client, or this one, is known by the same at
 *   the same time; `policyViolation` for an authority that there is not, or a pattern that fits everybody and was not
 *   said to be meant; each naming the field
 */
export async function addCredential(
  { database, clock }: Installation,
  actor: Actor,
  clientId: string,
  input: CredentialInput,
): Promise<string> {
  authorize(actor, "client:manage");
  const now = clock.now();
  const wanted = newCredential(input, now);
  return database.write(async (transaction) => {
    const client = await presentClient(transaction, clientId, null);
    const { id, entry } = await recordCredential(transaction, actor, now, client, wanted);
    await noteClientChange(transaction, clientId);
    await appendAudit(transaction, actor, now, entry);
    return id;
  });
}

/**
 * Ends a credential: at once, or at a time to come.
 *
 * @param at when it stops counting; now when null
 * @throws DomainError `notFound`; `conflict` when it has ended already; `malformed` for a time that is over
 */
export async function endCredential(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  at: Date | null,
): Promise<void> {
  authorize(actor, "client:manage");
  const now = clock.now();
  const endsAt = truncateToSecond(at ?? now);
  if (endsAt < now)
    throw malformed("at", "credential.times", "The time at which the credential is to end is over.");
  await database.write(async (transaction) => {
    const present = await transaction.credential.findUnique({
      where: { id },
      select: { clientId: true, endsAt: true, kind: true, client: { select: { name: true } } },
    });
    if (present === null) throw new DomainError("notFound", "There is no such credential.");
    if (present.endsAt !== null && present.endsAt <= now) {
      throw new DomainError("conflict", "The credential has ended already.");
    }
    await transaction.credential.update({ where: { id }, data: { endsAt } });
    await noteClientChange(transaction, present.clientId);
    await appendAudit(transaction, actor, now, {
      action: "credential.ended",
      object: { kind: "client", id: present.clientId, name: present.client.name },
      details: { credential: id, before: present.endsAt, endsAt },
    });
  });
}
