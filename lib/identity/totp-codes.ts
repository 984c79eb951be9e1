import { createHash } from "node:crypto";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";

/** A code is accepted in its own 30 seconds and the ones before and after. */
const REMEMBERED_SECONDS = 120;

/**
 * Uses a code up: the same one is not accepted twice (RFC 6238 §5.2), so that nobody signs in with
 * a code read over a shoulder.
 *
 * @returns false when it was tried before
 */
export async function spendCode(
  transaction: Transaction,
  userId: string,
  code: string,
  at: Date,
): Promise<boolean> {
  const identifier = `totp-spent-${createHash("sha256").update(`${userId} ${code}`).digest("hex")}`;
  await transaction.verification.deleteMany({
    where: { identifier: { startsWith: "totp-spent-" }, expiresAt: { lte: at } },
  });
  const spent = await transaction.verification.findFirst({ where: { identifier }, select: { id: true } });
  if (spent !== null) return false;
  await transaction.verification.create({
    data: {
      id: newId(),
      identifier,
      value: "",
      expiresAt: addSeconds(at, REMEMBERED_SECONDS),
      createdAt: at,
      updatedAt: at,
    },
  });
  return true;
}
