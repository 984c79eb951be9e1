import type { AuditEntry } from "#lib/audit/append.ts";
import { checkReason } from "#lib/authority/revocation-input.ts";
import {
  type RevokedCertificate,
  recordRevocations,
  withdrawRevocations,
} from "#lib/authority/revocation-record.ts";
import {
  checkInvalidAt,
  type RevocableFacts,
  type RevocationAction,
  revocationRefusal,
} from "#lib/authority/revocation-rules.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Prisma, Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** What is to become of certificates. */
export interface RevocationChange {
  action: RevocationAction;
  /** certificateHold for a hold and a release. */
  reason: RevocationReason;
  comment: string;
  /** Whole seconds. */
  invalidAt: Date | null;
}

/** What decides whether a certificate may be revoked, as it is selected. */
export const REVOCABLE = {
  id: true,
  serial: true,
  kind: true,
  displayName: true,
  issuerId: true,
  issuerName: true,
  notBefore: true,
  notAfter: true,
  revocation: { select: { reason: true, revokedAt: true } },
  authorities: { select: { kind: true } },
} as const satisfies Prisma.CertificateSelect;

type RevocableRow = Prisma.CertificateGetPayload<{ select: typeof REVOCABLE }>;

/** A row as the rules look at it. */
export function revocableFacts(row: RevocableRow): RevocableFacts {
  return { ...row, isOwnRoot: row.authorities.some(({ kind }) => kind === "root") };
}

/**
 * Revokes, holds or releases a few certificates inside the transaction of the change.
 *
 * @param ids those that are no issued certificate are in neither answer
 * @param now whole seconds
 * @returns why certificates stay as they are, and the audit event of each other one, for the caller to append
 */
export async function revokePart(
  { database }: Installation,
  transaction: Transaction,
  actor: Actor,
  ids: readonly string[],
  change: RevocationChange,
  now: Date,
): Promise<{ refusals: Map<string, DomainError>; entries: AuditEntry[] }> {
  const rows = await transaction.certificate.findMany({
    where: { id: { in: [...ids] }, ...ISSUED },
    select: REVOCABLE,
  });
  const refusals = new Map<string, DomainError>();
  for (const row of rows) {
    const refusal = refusalOf(change, row, now);
    if (refusal !== null) refusals.set(row.id, refusal);
  }
  const changed = rows.filter(({ id }) => !refusals.has(id));
  if (change.action === "release") {
    const certificates = changed.map(({ id, issuerId }) => ({ certificateId: id, issuerId }));
    await withdrawRevocations(database, transaction, certificates, now);
  } else {
    const revocations = changed.map((row) => revoked(row, actor, change, now));
    await recordRevocations(database, transaction, revocations, now);
  }
  return { refusals, entries: changed.map((row) => auditEntry(row, change)) };
}

/** Why a certificate stays as it is; null when nothing speaks against it. */
export function refusalOf(change: RevocationChange, row: RevocableRow, now: Date): DomainError | null {
  const refusal = revocationRefusal(change.action, revocableFacts(row), now);
  if (refusal !== null || change.action !== "revoke") return refusal;
  try {
    checkReason(row.kind, change.reason);
    checkInvalidAt(change.invalidAt, row.notBefore, now);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

function revoked(row: RevocableRow, actor: Actor, change: RevocationChange, now: Date): RevokedCertificate {
  return {
    certificateId: row.id,
    issuerId: row.issuerId,
    serial: row.serial,
    notAfter: row.notAfter,
    reason: change.reason,
    revokedAt: now,
    invalidAt: change.invalidAt,
    comment: change.comment,
    requestedBy: actor.name,
    sourceId: null,
  };
}

/** The audit actions with which changes are told. */
export const REVOCATION_EVENTS = {
  revoke: "certificate.revoked",
  hold: "certificate.held",
  release: "certificate.released",
} as const;

function auditEntry(row: RevocableRow, { action, reason, comment, invalidAt }: RevocationChange): AuditEntry {
  return {
    action: REVOCATION_EVENTS[action],
    object: { kind: "certificate", id: row.id, name: row.displayName },
    details: {
      serial: row.serial,
      issuerId: row.issuerId,
      ...(action === "revoke" ? { reason, invalidAt: invalidAt?.toISOString() ?? null } : {}),
      comment,
      ...(row.revocation === null ? {} : { heldSince: row.revocation.revokedAt.toISOString() }),
    },
  };
}
