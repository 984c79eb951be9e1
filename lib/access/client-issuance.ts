import { z } from "zod";
import { noteClientChange } from "#lib/access/access-change.ts";
import { type NewCredential, recordCredential } from "#lib/access/credential-record.ts";
import { endAfterOverlap, rotationTermsSchema } from "#lib/access/rotation-record.ts";
import { type AuditEntry, appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";

/**
 * A certificate that is being issued for a client. What it is for is written down before it is issued, as the key of
 * an open run (lib/jobs), under the id that the certificate will have and the credential as well: whoever finds the
 * run after a crash knows by the id whether there is a certificate, and whose it is.
 */
const issuanceSchema = z.strictObject({
  clientId: z.string(),
  provenBy: z.enum(["certificate", "key"]),
  /** The credential whose place it takes. */
  rotates: rotationTermsSchema.extend({ credentialId: z.string() }).nullable(),
});

export type ClientIssuance = z.output<typeof issuanceSchema> & {
  /** Of the certificate and of the credential. */
  id: string;
};

/** How keys of such runs begin. */
export const CLIENT_ISSUANCES = "issue-for-client@";

/** The key of its run. */
export function issuanceKey({ id, ...issuance }: ClientIssuance): string {
  return `${CLIENT_ISSUANCES}${id}@${JSON.stringify(issuanceSchema.parse(issuance))}`;
}

/** Reads the key of a run that `issuanceKey` made. */
export function issuanceOf(key: string): ClientIssuance {
  const [, id = ""] = key.split("@", 2);
  const facts: unknown = JSON.parse(key.slice(CLIENT_ISSUANCES.length + id.length + 1));
  return { id, ...issuanceSchema.parse(facts) };
}

/** What a certificate became. */
export interface IssuedFacts {
  sha256: string;
  keySha256: string;
}

/**
 * Makes a certificate that was issued the client's credential, and rotates if that was wanted. It counts whatever
 * happened meanwhile: a certificate that nobody knows to be the client's would be worse.
 *
 * @param isLost the key was made here and nobody got it: the credential is recorded as one that is over, and what it
 *   was to replace goes on
 * @returns whether this call did it; false when it was done before
 */
export async function completeIssuance(
  transaction: Transaction,
  actor: Actor,
  now: Date,
  { id, clientId, provenBy, rotates }: ClientIssuance,
  facts: IssuedFacts,
  isLost = false,
): Promise<boolean> {
  if ((await transaction.credential.count({ where: { id } })) === 1) return false;
  const client = await transaction.client.findUniqueOrThrow({ where: { id: clientId } });
  // Whoever was retired meanwhile is known by nothing any more.
  const isOver = isLost || client.status === "retired";
  const old =
    rotates === null
      ? null
      : await transaction.credential.findUnique({ where: { id: rotates.credentialId } });
  const place = { id, certificateId: id, replacesId: old?.id ?? null };
  const proof = (kind: "certificate" | "key"): NewCredential => ({
    facts: { kind, sha256: kind === "key" ? facts.keySha256 : facts.sha256, endsAt: null },
    startsAt: now,
    endsAt: isOver ? now : null,
  });
  const entries: AuditEntry[] = [];
  try {
    entries.push((await recordCredential(transaction, actor, now, client, proof(provenBy), place)).entry);
  } catch (error) {
    // Somebody else became known by the key meanwhile; the certificate is nobody else's.
    if (!(error instanceof DomainError && error.code === "conflict" && provenBy === "key")) throw error;
    entries.push(
      (await recordCredential(transaction, actor, now, client, proof("certificate"), place)).entry,
    );
  }
  const goesOn = old !== null && (old.endsAt === null || old.endsAt > now);
  if (rotates !== null && goesOn && !isLost) {
    entries.push(await endAfterOverlap(transaction, client, old, { id, startsAt: now }, rotates, now));
  }
  await noteClientChange(transaction, clientId);
  await appendAudit(transaction, actor, now, ...entries);
  return true;
}
