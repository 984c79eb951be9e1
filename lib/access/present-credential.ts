import { type ClientRow, presentClient } from "#lib/access/present-client.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";

export type CredentialRow = NonNullable<Awaited<ReturnType<Transaction["credential"]["findUnique"]>>>;

/**
 * A credential that is to be changed, with its client.
 *
 * @throws DomainError `notFound`; `conflict` when it has ended, or its client is retired
 */
export async function presentCredential(
  transaction: Transaction,
  id: string,
  now: Date,
): Promise<{ credential: CredentialRow; client: ClientRow }> {
  const credential = await transaction.credential.findUnique({ where: { id } });
  if (credential === null) throw new DomainError("notFound", "There is no such credential.");
  if (credential.endsAt !== null && credential.endsAt <= now) {
    throw new DomainError("conflict", "The credential has ended already.");
  }
  return { credential, client: await presentClient(transaction, credential.clientId, null) };
}
