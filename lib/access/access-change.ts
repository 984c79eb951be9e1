import type { Transaction } from "#lib/database.ts";

/**
 * Counts a change of what decisions depend on. Every instance compares the counter, and takes in what has a larger
 * number than it knows.
 *
 * @returns the number of this change
 */
export async function countAccessChange(transaction: Transaction): Promise<number> {
  const { access } = await transaction.ground.update({
    where: { id: 1 },
    data: { access: { increment: 1 } },
    select: { access: true },
  });
  return access;
}

/** Has a client's state taken in anew by every instance: also when only its credentials or grants changed. */
export async function noteClientChange(transaction: Transaction, ...clientIds: string[]): Promise<void> {
  const change = await countAccessChange(transaction);
  await transaction.client.updateMany({ where: { id: { in: clientIds } }, data: { change } });
}
