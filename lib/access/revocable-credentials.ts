import { certificatesBehind } from "#lib/access/credential-certificates.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize, isAllowed } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Behind which of some credentials there is a certificate that the actor may revoke with them: of our authorities,
 * not revoked for good, and of nobody else. It is what a form may offer; the change itself looks again.
 *
 * @returns their ids
 * @throws DomainError `forbidden`
 */
export async function revocableCredentials(
  { database, clock }: Installation,
  actor: Actor,
  credentials: readonly { id: string; kind: string; sha256: string }[],
): Promise<Set<string>> {
  authorize(actor, "client:read");
  const revocable = new Set<string>();
  if (!isAllowed(actor, "certificate:revoke")) return revocable;
  const now = clock.now();
  for (const credential of credentials) {
    const behind = await certificatesBehind(database.read, credential, now, 1);
    if (behind.length > 0) revocable.add(credential.id);
  }
  return revocable;
}
