import { appendAudit } from "#lib/audit/append.ts";
import { type InventoryRow, inventoryChunks } from "#lib/authority/crl-source-inventory.ts";
import { inventoryName } from "#lib/authority/crl-source-issuer.ts";
import type { FormerCrl } from "#lib/authority/former-crl.ts";
import { type RevokedCertificate, recordRevocations } from "#lib/authority/revocation-record.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Transaction } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { changeCohort } from "#lib/inventory/cohort.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import { type ParsedCertificate, verifyCertificateSignature } from "#lib/x509/certificate-reader.ts";
import { isRevocationReason } from "#lib/x509/revocation-reason.ts";

/** Certificates in one transaction, which others wait for. */
const PART = 40;

/** An authority of ours that issued elsewhere before. */
export interface AdoptingAuthority {
  id: string;
  name: string;
  certificate: ParsedCertificate;
  /** What it revoked elsewhere. */
  former: FormerCrl | null;
}

/**
 * Certificates that came into the inventory before the authority that signed them become its own: from now on they
 * are revoked here. What a foreign CRL or its former one says of them goes on its list. Done in small pieces, each whole by
 * itself; of several with one serial number the first becomes its own, as a CRL cannot tell them apart.
 *
 * @returns how many
 */
export async function adoptIssued(
  installation: Installation,
  actor: Actor,
  authority: AdoptingAuthority,
): Promise<number> {
  const { subject, spki } = authority.certificate;
  let adopted = 0;
  for await (const rows of inventoryChunks(installation.database, inventoryName(subject))) {
    for (let start = 0; start < rows.length; start += PART) {
      const signed = await signedBy(installation, spki, rows.slice(start, start + PART));
      if (signed.length > 0) adopted += await adoptPart(installation, actor, authority, signed);
    }
  }
  return adopted;
}

/** Another authority may have the same name; and a root of ours is its own issuer without having issued itself. */
async function signedBy(
  { database }: Installation,
  spki: Uint8Array,
  part: readonly InventoryRow[],
): Promise<InventoryRow[]> {
  const bodies = await database.read.certificate.findMany({
    where: { id: { in: part.map(({ id }) => id) }, authorities: { none: {} } },
    select: { id: true, body: true },
  });
  const signed = new Set<string>();
  for (const { id, body } of bodies) {
    await letOthersRun();
    if (verifyCertificateSignature(body, spki)) signed.add(id);
  }
  return part.filter(({ id }) => signed.has(id));
}

async function adoptPart(
  { database, clock }: Installation,
  actor: Actor,
  { id: issuerId, name, former }: AdoptingAuthority,
  part: readonly InventoryRow[],
): Promise<number> {
  const now = clock.now();
  return database.write(async (transaction) => {
    const ids = await adoptable(transaction, issuerId, part);
    if (ids.length === 0) return 0;
    await transaction.certificate.updateMany({ where: { id: { in: ids } }, data: { issuerId } });
    await changeCohort(sqlSteps(database, transaction), ids, (facts) => ({ ...facts, issuerId }));
    const known = await revokedSoFar(transaction, issuerId, ids);
    const others = part.filter(
      ({ id }) => ids.includes(id) && !known.some((each) => each.certificateId === id),
    );
    const listed = others.flatMap((row) => revokedElsewhere(row, issuerId, actor, former));
    await recordRevocations(database, transaction, [...known, ...listed], now);
    await appendAudit(transaction, actor, now, {
      action: "authority.certificates-adopted",
      object: { kind: "authority", id: issuerId, name },
      details: {
        certificates: ids,
        revoked: [...known, ...listed].map(({ certificateId }) => certificateId),
      },
    });
    return ids.length;
  });
}

async function adoptable(
  transaction: Transaction,
  issuerId: string,
  part: readonly InventoryRow[],
): Promise<string[]> {
  const present = await transaction.certificate.findMany({
    where: { issuerId, serial: { in: part.map(({ serial }) => serial) } },
    select: { serial: true },
  });
  const taken = new Set(present.map(({ serial }) => serial));
  return part.flatMap(({ id, serial }) => {
    if (taken.has(serial)) return [];
    taken.add(serial);
    return [id];
  });
}

async function revokedSoFar(
  transaction: Transaction,
  issuerId: string,
  ids: string[],
): Promise<RevokedCertificate[]> {
  const rows = await transaction.revocation.findMany({ where: { certificateId: { in: ids } } });
  return rows.map(
    ({ certificateId, serial, notAfter, reason, revokedAt, invalidAt, comment, requestedBy }) => ({
      certificateId,
      issuerId,
      serial,
      notAfter,
      reason: isRevocationReason(reason) ? reason : "unspecified",
      revokedAt,
      invalidAt,
      comment,
      requestedBy,
      // Not the foreign list's any more: without it the certificate would come back.
      sourceId: null,
    }),
  );
}

function revokedElsewhere(
  { id, serial, notAfter }: InventoryRow,
  issuerId: string,
  actor: Actor,
  former: FormerCrl | null,
): RevokedCertificate[] {
  const entry = former?.entries.get(serial);
  if (entry === undefined) return [];
  const requestedBy = actor.name;
  const comment = "On the CRL with which its authority was imported.";
  return [{ certificateId: id, issuerId, serial, notAfter, ...entry, comment, requestedBy, sourceId: null }];
}
