import type { SqlSteps } from "#lib/sql-steps.ts";

/**
 * Which of some keys were compromised: a certificate with them was revoked for that.
 *
 * @param keys SHA-256 of SubjectPublicKeyInfo (hex), some hundred at most
 */
export async function compromisedKeys(
  steps: Pick<SqlSteps, "all">,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await steps.all(
    `SELECT c."keySha256" FROM "Certificate" c JOIN "Revocation" r ON r."certificateId" = c."id"
     WHERE c."keySha256" IN (${keys.map(() => "?").join(", ")}) AND r."reason" = 'keyCompromise'`,
    keys,
  );
  return new Set(rows.map((row) => String(row.keySha256)));
}
