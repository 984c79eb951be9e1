import { noteClientChange } from "#lib/access/access-change.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import { newCredential, recordCredential } from "#lib/access/credential-record.ts";
import { changeCredentialEnd } from "#lib/access/credential-rotate.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
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
 * @throws DomainError as `changeCredentialEnd`
 */
export async function endCredential(
  installation: Installation,
  actor: Actor,
  id: string,
  at: Date | null,
): Promise<void> {
  await changeCredentialEnd(installation, actor, id, at ?? installation.clock.now());
}
