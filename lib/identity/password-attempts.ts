import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";

/** So many wrong passwords in a row … */
export const WRONG_PASSWORDS_MAX = 10;
/** … close the account for passwords for so long (NIST SP 800-63B §5.2.2 allows up to 100). */
export const LOCK_MINUTES = 15;

/**
 * Counts a try before the password is looked at, so that many at the same time cannot slip past
 * the limit. A right password takes the count back (`forgetWrongPasswords`).
 *
 * @param userId whose password is tried; a made-up id does the same work
 * @returns false while the account is locked
 */
export async function countPasswordTry(transaction: Transaction, userId: string, at: Date): Promise<boolean> {
  const open = { id: userId, OR: [{ lockedUntil: null }, { lockedUntil: { lte: at } }] };
  const counted = await transaction.user.updateMany({
    where: open,
    data: { failedSignIns: { increment: 1 } },
  });
  await transaction.user.updateMany({
    where: { ...open, failedSignIns: { gte: WRONG_PASSWORDS_MAX } },
    data: { failedSignIns: 0, lockedUntil: addSeconds(at, LOCK_MINUTES * 60) },
  });
  return counted.count === 1;
}

/** After a right password. */
export async function forgetWrongPasswords(transaction: Transaction, userId: string): Promise<void> {
  await transaction.user.updateMany({
    where: { id: userId },
    data: { failedSignIns: 0, lockedUntil: null },
  });
}
