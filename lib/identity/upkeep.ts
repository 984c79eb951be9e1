import { addSeconds } from "#lib/clock.ts";
import { closeInterruptedAttempts } from "#lib/identity/attempt.ts";
import type { Installation } from "#lib/installation.ts";

/** The longest window of a limit per address is a minute; an hour is far beyond. */
const LIMIT_KEPT_SECONDS = 60 * 60;

/**
 * Closes sign-ins that a crash left open, and forgets what is over: sessions, challenges, counters
 * of limits per address. Run at start and every few minutes; several processes may.
 */
export async function keepIdentityTidy(installation: Installation): Promise<void> {
  await closeInterruptedAttempts(installation);
  const now = installation.clock.now();
  await installation.database.write(async (transaction) => {
    await transaction.session.deleteMany({ where: { expiresAt: { lte: now } } });
    await transaction.verification.deleteMany({ where: { expiresAt: { lte: now } } });
    const before = addSeconds(now, -LIMIT_KEPT_SECONDS).getTime();
    await transaction.rateLimit.deleteMany({ where: { lastRequest: { lt: BigInt(before) } } });
  });
}
