import { z } from "zod";
import { certificatesBehind } from "#lib/access/credential-certificates.ts";
import { type Overlap, overlapSeconds } from "#lib/access/overlap.ts";
import { overlapSchema } from "#lib/access/overlap-schema.ts";
import { type CredentialRow, presentCredential } from "#lib/access/present-credential.ts";
import type { AuditEntry } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import { parsed } from "#lib/parse.ts";

/** What becomes of the old credential in a rotation. */
export interface RotationTerms {
  /** How long the old one goes on counting beside the new one. */
  overlap: Overlap;
  /** Whether its certificate is revoked when it ends. */
  revokesOld: boolean;
}

export const rotationTermsSchema = z.strictObject({
  overlap: overlapSchema,
  revokesOld: z.boolean(),
});

/** Reads the terms. @throws DomainError `malformed`; `forbidden` when the actor may not revoke and wants to */
export function rotationTerms(actor: Actor, { overlap, revokesOld }: RotationTerms): RotationTerms {
  const wanted = parsed(rotationTermsSchema, { overlap, revokesOld });
  if (wanted.revokesOld) authorize(actor, "certificate:revoke");
  return wanted;
}

/**
 * The credential that is to be replaced, with its client.
 *
 * @throws DomainError `notFound`; `conflict` when it has ended or is being replaced already; `policyViolation` when
 *   nothing behind it could be revoked, and that is wanted
 */
export async function rotatedCredential(
  transaction: Transaction,
  credentialId: string,
  { revokesOld }: RotationTerms,
  now: Date,
) {
  const present = await presentCredential(transaction, credentialId, now);
  const successor = await transaction.credential.count({
    where: { replacesId: credentialId, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
  });
  if (successor > 0) {
    throw new DomainError(
      "conflict",
      "The credential is being replaced already: end or rotate the one that takes its place.",
    );
  }
  if (revokesOld) await checkRevocable(transaction, present.credential, now, "revokesOld");
  return present;
}

/**
 * Whether there is anything to revoke behind a credential.
 *
 * @throws DomainError `policyViolation`
 */
export async function checkRevocable(
  transaction: Transaction,
  credential: CredentialRow,
  now: Date,
  field: string,
): Promise<void> {
  if ((await certificatesBehind(transaction, credential, now, 1)).length > 0) return;
  throw policyViolation(
    field,
    "rotation.revocation",
    "Behind this credential is no certificate of our authorities that could be revoked.",
  );
}

/**
 * Sets when the old credential ends, inside the transaction that adds the new one. It never goes on for longer than
 * it would have without being replaced.
 *
 * @param from when the new one begins to count
 */
export async function endAfterOverlap(
  transaction: Transaction,
  client: { id: string; name: string },
  old: CredentialRow,
  { id: replacedBy, startsAt: from }: { id: string; startsAt: Date },
  { overlap, revokesOld }: RotationTerms,
  now: Date,
): Promise<AuditEntry> {
  const over = addSeconds(from > now ? from : now, overlapSeconds(overlap));
  const endsAt = old.endsAt !== null && old.endsAt < over ? old.endsAt : over;
  await transaction.credential.update({ where: { id: old.id }, data: { endsAt, revokesAtEnd: revokesOld } });
  return {
    action: "credential.rotated",
    object: { kind: "client", id: client.id, name: client.name },
    details: { credential: old.id, replacedBy, overlap, before: old.endsAt, endsAt, revokesOld },
  };
}
