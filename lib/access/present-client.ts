import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { changedMeanwhile } from "#lib/identity/changed-meanwhile.ts";

export type ClientRow = NonNullable<Awaited<ReturnType<Transaction["client"]["findUnique"]>>>;

/**
 * A client that is to be changed.
 *
 * @param version the version that the person saw; null when it does not matter
 * @throws DomainError `notFound`; `conflict` when it is retired, or was changed meanwhile
 */
export async function presentClient(
  transaction: Transaction,
  id: string,
  version: number | null,
): Promise<ClientRow> {
  const present = await transaction.client.findUnique({ where: { id } });
  if (present === null) throw new DomainError("notFound", "There is no such client.");
  if (version !== null && present.version !== version) {
    throw await changedMeanwhile(transaction, { kind: "client", id, name: present.name });
  }
  if (present.status === "retired")
    throw new DomainError("conflict", `${present.name} is retired, which is final.`);
  return present;
}
