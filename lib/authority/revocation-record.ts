import { sameIssuers } from "#lib/authority/same-issuer.ts";
import type { Database, Transaction } from "#lib/database.ts";
import { type CohortFacts, changeCohort } from "#lib/inventory/cohort.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** A certificate that is revoked or held from now on, whoever says so. */
export interface RevokedCertificate {
  certificateId: string;
  /** The authority of ours that signed it; null when a foreign CRL says that it is revoked. */
  issuerId: string | null;
  /** Lower-case hex. */
  serial: string;
  notAfter: Date;
  /** certificateHold is a hold. */
  reason: RevocationReason;
  /** Whole seconds, as all times here. */
  revokedAt: Date;
  invalidAt: Date | null;
  comment: string;
  requestedBy: string;
  /** The foreign list that said so. */
  sourceId: string | null;
}

/**
 * Writes that certificates are revoked or held, with all that follows: their state in the inventory, and that
 * lists are to be published. What was recorded of them before is replaced.
 *
 * @param now whole seconds
 */
export async function recordRevocations(
  database: Database,
  transaction: Transaction,
  revocations: readonly RevokedCertificate[],
  now: Date,
): Promise<void> {
  if (revocations.length === 0) return;
  const ids = revocations.map(({ certificateId }) => certificateId);
  const changes = await announceChanges(transaction, revocations, now);
  // What was held becomes revoked: the list that has it is another one then.
  await transaction.revocation.deleteMany({ where: { certificateId: { in: ids } } });
  await transaction.revocation.createMany({
    data: revocations.map((revocation) => ({
      ...revocation,
      change: revocation.issuerId === null ? 0 : (changes.get(revocation.issuerId) ?? 0),
    })),
  });
  const states = new Map<string, CohortFacts["state"]>(
    revocations.map(({ certificateId, reason }) => [
      certificateId,
      reason === "certificateHold" ? "held" : "revoked",
    ]),
  );
  await changeCohort(sqlSteps(database, transaction), ids, (facts, id) => ({
    ...facts,
    state: states.get(id) ?? facts.state,
  }));
  await noteAuthorities(transaction, ids);
}

/**
 * Writes that certificates are neither revoked nor held any more.
 *
 * @param now whole seconds
 */
export async function withdrawRevocations(
  database: Database,
  transaction: Transaction,
  certificates: readonly Pick<RevokedCertificate, "certificateId" | "issuerId">[],
  now: Date,
): Promise<void> {
  if (certificates.length === 0) return;
  const ids = certificates.map(({ certificateId }) => certificateId);
  await announceChanges(transaction, certificates, now);
  await transaction.revocation.deleteMany({ where: { certificateId: { in: ids } } });
  const renewed = await transaction.certificate.findMany({
    where: { replacesId: { in: ids }, status: "issued" },
    select: { replacesId: true },
  });
  const superseded = new Set(renewed.map(({ replacesId }) => replacesId));
  await changeCohort(sqlSteps(database, transaction), ids, (facts, id) => ({
    ...facts,
    state: superseded.has(id) ? "superseded" : "active",
  }));
  await noteAuthorities(transaction, ids);
}

/** @returns the value of `changes` of each authority that now has something to publish */
async function announceChanges(
  transaction: Transaction,
  certificates: readonly { issuerId: string | null }[],
  now: Date,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const issuerIds = certificates.flatMap(({ issuerId }) => (issuerId === null ? [] : [issuerId]));
  const members =
    issuerIds.length === 0 ? new Map<string, string[]>() : await sameIssuers(transaction, issuerIds);
  for (const issuerId of issuerIds) {
    for (const id of members.get(issuerId) ?? [issuerId]) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const changes = new Map<string, number>();
  for (const [authorityId, count] of counts) {
    const publication = await transaction.crlPublication.update({
      where: { authorityId },
      data: { changes: { increment: count } },
      select: { changes: true, pendingSince: true },
    });
    changes.set(authorityId, publication.changes);
    if (publication.pendingSince !== null) continue;
    await transaction.crlPublication.update({ where: { authorityId }, data: { pendingSince: now } });
  }
  await transaction.ground.update({ where: { id: 1 }, data: { revocations: { increment: 1 } } });
  return changes;
}

/** What is kept in memory of authorities says whether they may issue. */
async function noteAuthorities(transaction: Transaction, certificateIds: string[]): Promise<void> {
  const count = await transaction.authority.count({ where: { certificateId: { in: certificateIds } } });
  if (count === 0) return;
  await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
}
