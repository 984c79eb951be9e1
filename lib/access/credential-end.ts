import { certificatesBehind } from "#lib/access/credential-certificates.ts";
import { appendAudit } from "#lib/audit/append.ts";
import { forgetRevocationCounter } from "#lib/authority/revocation-counter.ts";
import { type RevocationChange, revokePart } from "#lib/authority/revoke-part.ts";
import { type Actor, systemActor } from "#lib/authorization/actor.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";

/** Certificates that are revoked in one transaction, for which others wait. */
const PART = 25;

/** Credentials that are looked at in one step. */
const CREDENTIALS = 100;

/** Another instance's clock may be behind ours by so much when it ends a credential. */
const CLOCKS_DIFFER_SECONDS = 600;

/**
 * Revokes the certificates of credentials that have ended and were to take them along. What is over and done is not
 * looked at again: the first round looks at everything, later ones at what has ended since.
 *
 * @returns does one round; several instances may, as each credential is looked at again in the transaction
 */
export function endedCredentialKeeper(installation: Installation): () => Promise<void> {
  let since = new Date(0);
  return async () => {
    const now = installation.clock.now();
    const ended = { revokesAtEnd: true, endsAt: { gte: since, lte: now } };
    for (;;) {
      const found = await installation.database.read.credential.findMany({
        where: ended,
        select: { id: true },
        orderBy: { endsAt: "asc" },
        take: CREDENTIALS,
      });
      await revokeEnded(
        installation,
        systemActor("rotation"),
        found.map(({ id }) => id),
      );
      if (found.length < CREDENTIALS) break;
    }
    since = addSeconds(now, -CLOCKS_DIFFER_SECONDS);
  };
}

/**
 * The same for some credentials, when somebody has just ended them. Those that go on, or take nothing along, stay as
 * they are.
 */
export async function revokeEnded(
  installation: Installation,
  actor: Actor,
  credentialIds: readonly string[],
): Promise<void> {
  for (const id of credentialIds) while (await revokePartBehind(installation, actor, id));
}

/** @returns whether there may be more behind it */
async function revokePartBehind(
  installation: Installation,
  actor: Actor,
  credentialId: string,
): Promise<boolean> {
  const now = installation.clock.now();
  const revoked = await installation.database.write(async (transaction) => {
    const credential = await transaction.credential.findUnique({
      where: { id: credentialId },
      include: { client: { select: { name: true, status: true } } },
    });
    if (credential === null || !credential.revokesAtEnd) return 0;
    if (credential.endsAt === null || credential.endsAt > now) return 0;
    const behind = await certificatesBehind(transaction, credential, now, PART);
    const { entries } = await revokePart(
      installation,
      transaction,
      actor,
      behind.map(({ id }) => id),
      changeFor(credential.client),
      now,
    );
    if (entries.length < PART) {
      await transaction.credential.update({ where: { id: credentialId }, data: { revokesAtEnd: false } });
    }
    await appendAudit(transaction, actor, now, ...entries);
    return entries.length;
  });
  if (revoked > 0) forgetRevocationCounter(installation);
  return revoked === PART;
}

/** RFC 5280 §5.3.1: superseded while the client goes on, cessationOfOperation when it does not. */
function changeFor({ name, status }: { name: string; status: string }): RevocationChange {
  const [reason, comment] =
    status === "retired"
      ? (["cessationOfOperation", `The client ${name} was retired.`] as const)
      : (["superseded", `The credential of the client ${name} has ended.`] as const);
  return { action: "revoke", reason, comment, invalidAt: null };
}
