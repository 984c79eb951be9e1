import { type AuditEntry, appendAudit } from "#lib/audit/append.ts";
import { type InventoryRow, inventoryChunks } from "#lib/authority/crl-source-inventory.ts";
import { crlIssuer } from "#lib/authority/crl-source-issuer.ts";
import { foreignCrlOctets, storableTime } from "#lib/authority/crl-source-store.ts";
import {
  type RevokedCertificate,
  recordRevocations,
  withdrawRevocations,
} from "#lib/authority/revocation-record.ts";
import { type Actor, systemActor } from "#lib/authorization/actor.ts";
import { truncateToSecond } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { cohortIssuerName } from "#lib/inventory/cohort.ts";
import { claimRun, failRun, finishRun } from "#lib/jobs/job-run.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { queryRows } from "#lib/sql-steps.ts";
import { verifyCertificateSignature } from "#lib/x509/certificate-reader.ts";
import { type ParsedCrl, readCrl } from "#lib/x509/crl-reader.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/**
 * What a foreign CRL says becomes what the inventory shows: certificates of its issuer are revoked, held, or come back.
 * Done in small pieces, each whole by itself: after a crash it is simply done again.
 */

/** Certificates in one transaction, which others wait for. */
const PART = 40;

/** Entries that are looked through without a turn for others. */
const READ_AT_ONCE = 1_000;

/** How long one instance may take before another begins, too; whatever both do is done once. */
const LEASE_MS = 60_000;

/** What the application of a list changed. */
export interface AppliedCrl {
  revoked: number;
  held: number;
  restored: number;
}

/**
 * Holds the inventory against the current CRL of a source, unless that was done for this list and as many certificates
 * of its issuer, or another instance is at it.
 *
 * @returns what changed; null when nothing was to be done
 */
export async function applyCrlSource(installation: Installation, id: string): Promise<AppliedCrl | null> {
  const source = await installation.database.read.crlSource.findUnique({
    where: { id },
    include: { crl: true },
  });
  if (source?.crl == null) return null;
  const { crl } = source;
  const count = await certificatesOf(installation, source.issuerName);
  const run = await claimRun(installation, `apply-crl@${id}@${crl.id}@${count}`, newId(), LEASE_MS);
  if (run === null) return null;
  try {
    const list = readCrl(await foreignCrlOctets(installation, crl));
    const applied = await applyList(installation, { ...source, crlId: crl.id }, list);
    await installation.database.write((transaction) => finishRun(transaction, run, installation.clock.now()));
    return applied;
  } catch (error) {
    await failRun(installation, run, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** How many certificates of the inventory name the issuer, and were not issued here. */
async function certificatesOf({ database }: Installation, issuerName: string): Promise<number> {
  const [row] = await queryRows(
    database,
    'SELECT SUM("count") AS "count" FROM "CertificateCohort" WHERE "issuerName" = ? AND "issuerId" IS NULL',
    [cohortIssuerName(issuerName)],
  );
  return Number(row?.count ?? 0);
}

interface AppliedSource {
  id: string;
  name: string;
  issuerName: string;
  certificateId: string;
  crlId: string;
}

/** What an entry says of a certificate, as it is recorded. */
interface Listed {
  reason: RevocationReason;
  revokedAt: Date;
  invalidAt: Date | null;
}

async function applyList(
  installation: Installation,
  source: AppliedSource,
  crl: ParsedCrl,
): Promise<AppliedCrl> {
  const { parsed } = await crlIssuer(installation, source.certificateId);
  const applied: AppliedCrl = { revoked: 0, held: 0, restored: 0 };
  for await (const rows of inventoryChunks(installation.database, source.issuerName)) {
    const listed = await entriesFor(crl, new Set(rows.map(({ serial }) => serial)));
    const changed: { row: InventoryRow; listed: Listed }[] = [];
    const gone: InventoryRow[] = [];
    for (const row of rows) {
      const entry = listed.get(row.serial);
      if (entry !== undefined && isNews(row, entry, source.id)) changed.push({ row, listed: entry });
      else if (entry === undefined && row.sourceId === source.id && isRestored(row, crl)) gone.push(row);
    }
    for (const part of parts(changed)) {
      const done = await recordPart(installation, source, parsed.spki, part);
      applied.held += done.held;
      applied.revoked += done.revoked;
    }
    for (const part of parts(gone)) {
      applied.restored += await restorePart(installation, APPLYING, source, part, true);
    }
  }
  return applied;
}

const APPLYING = systemActor("foreign CRLs");

/** A list says nothing new of what it revoked before; what somebody else says of a certificate stays. */
function isNews(
  row: Pick<InventoryRow, "reason" | "revokedAt" | "invalidAt" | "sourceId">,
  { reason, revokedAt, invalidAt }: Listed,
  sourceId: string,
): boolean {
  if (row.reason === null) return true;
  if (row.sourceId !== sourceId) return false;
  const isSame =
    row.reason === reason &&
    row.revokedAt?.getTime() === revokedAt.getTime() &&
    row.invalidAt?.getTime() === invalidAt?.getTime();
  return !isSame;
}

/** Issuers leave a certificate out once it has ended (RFC 5280 §3.3), which does not make it good again. */
function isRestored(row: InventoryRow, crl: ParsedCrl): boolean {
  return row.notAfter > crl.thisUpdate;
}

async function entriesFor(crl: ParsedCrl, serials: ReadonlySet<string>): Promise<Map<string, Listed>> {
  const found = new Map<string, Listed>();
  let count = 0;
  for (const { serial, reason, revokedAt, invalidAt, certificateIssuer } of crl.entries()) {
    if (++count % READ_AT_ONCE === 0) await letOthersRun();
    // Serial numbers of another issuer mean other certificates.
    if (certificateIssuer !== null || !serials.has(serial)) continue;
    const since = invalidAt === null ? null : truncateToSecond(storableTime(invalidAt));
    found.set(serial, { reason, revokedAt: truncateToSecond(storableTime(revokedAt)), invalidAt: since });
  }
  return found;
}

/** Records what the list says of a few certificates. */
async function recordPart(
  installation: Installation,
  source: AppliedSource,
  spki: Uint8Array,
  part: readonly { row: InventoryRow; listed: Listed }[],
): Promise<{ revoked: number; held: number }> {
  const { database, clock } = installation;
  const rows = await database.read.certificate.findMany({
    where: { id: { in: part.map(({ row }) => row.id) } },
    select: { id: true, body: true, displayName: true },
  });
  const names = new Map<string, string>();
  for (const { id, body, displayName } of rows) {
    await letOthersRun();
    // Another authority may have the same name; its certificates are not on this list.
    if (verifyCertificateSignature(body, spki)) names.set(id, displayName);
  }
  const now = clock.now();
  const recorded = await database.write(async (transaction) => {
    await checkStillCurrent(transaction, source);
    const news = await stillNews(
      transaction,
      part.filter(({ row }) => names.has(row.id)),
      source.id,
    );
    const revocations = news.map(({ row, listed }) => revocationOf(row, listed, source));
    await recordRevocations(database, transaction, revocations, now);
    const entries = revocations.map((revocation) =>
      foundEntry(revocation, names.get(revocation.certificateId) ?? "", source),
    );
    await appendAudit(transaction, APPLYING, now, ...entries);
    return revocations;
  });
  const held = recorded.filter(({ reason }) => reason === "certificateHold").length;
  return { revoked: recorded.length - held, held };
}

/** Without what another instance has recorded since the rows were read. */
async function stillNews(
  transaction: Transaction,
  part: readonly { row: InventoryRow; listed: Listed }[],
  sourceId: string,
) {
  const present = await transaction.revocation.findMany({
    where: { certificateId: { in: part.map(({ row }) => row.id) } },
    select: { certificateId: true, reason: true, revokedAt: true, invalidAt: true, sourceId: true },
  });
  const known = new Map(present.map(({ certificateId, ...revocation }) => [certificateId, revocation]));
  const nothing = { reason: null, revokedAt: null, invalidAt: null, sourceId: null };
  return part.filter(({ row, listed }) => isNews(known.get(row.id) ?? nothing, listed, sourceId));
}

function revocationOf(row: InventoryRow, listed: Listed, source: AppliedSource): RevokedCertificate {
  return {
    certificateId: row.id,
    issuerId: null,
    serial: row.serial,
    notAfter: row.notAfter,
    ...listed,
    comment: "",
    requestedBy: source.name,
    sourceId: source.id,
  };
}

function foundEntry(revocation: RevokedCertificate, name: string, source: AppliedSource): AuditEntry {
  const { certificateId, serial, reason, revokedAt, invalidAt } = revocation;
  return {
    action: reason === "certificateHold" ? "certificate.found-held" : "certificate.found-revoked",
    object: { kind: "certificate", id: certificateId, name },
    details: {
      serial,
      reason,
      revokedAt: revokedAt.toISOString(),
      invalidAt: invalidAt?.toISOString() ?? null,
      source: source.name,
      sourceId: source.id,
    },
  };
}

/** @param current whether the list must still be the one that was read */
async function restorePart(
  { database, clock }: Installation,
  actor: Actor,
  source: Pick<AppliedSource, "id" | "name"> & { crlId: string | null },
  part: readonly { id: string }[],
  current: boolean,
): Promise<number> {
  const now = clock.now();
  return database.write(async (transaction) => {
    if (current) await checkStillCurrent(transaction, source);
    const rows = await transaction.revocation.findMany({
      where: { certificateId: { in: part.map(({ id }) => id) }, sourceId: source.id },
      include: { certificate: { select: { displayName: true } } },
    });
    await withdrawRevocations(database, transaction, rows, now);
    const entries = rows.map(
      ({ certificateId, serial, reason, certificate }): AuditEntry => ({
        action: "certificate.found-restored",
        object: { kind: "certificate", id: certificateId, name: certificate.displayName },
        details: { serial, before: { reason }, source: source.name, sourceId: source.id },
      }),
    );
    await appendAudit(transaction, actor, now, ...entries);
    return rows.length;
  });
}

/**
 * Withdraws all that a source said.
 *
 * @returns how many certificates came back
 */
export async function withdrawSourceRevocations(
  installation: Installation,
  actor: Actor,
  id: string,
): Promise<number> {
  const { read } = installation.database;
  const source = await read.crlSource.findUnique({ where: { id }, select: { id: true, name: true } });
  let withdrawn = 0;
  for (;;) {
    const rows = await read.revocation.findMany({
      where: { sourceId: id },
      select: { certificateId: true },
      take: PART,
    });
    if (rows.length === 0 || source === null) return withdrawn;
    const part = rows.map(({ certificateId }) => ({ id: certificateId }));
    withdrawn += await restorePart(installation, actor, { ...source, crlId: null }, part, false);
  }
}

/** A newer list, or none, has taken the place of the one that was read: what it said is over. */
async function checkStillCurrent(
  transaction: Transaction,
  { id, crlId }: { id: string; crlId: string | null },
): Promise<void> {
  const count = await transaction.crlSource.count({ where: { id, crlId } });
  if (count === 0) throw new Error("the list was replaced while it was applied");
}

function* parts<T>(items: readonly T[]): Generator<T[], void, undefined> {
  for (let start = 0; start < items.length; start += PART) yield items.slice(start, start + PART);
}
