import type { AuditEntry } from "#lib/audit/append.ts";
import { appendEvents } from "#lib/audit/append-events.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { DriverTransaction, Row } from "#lib/driver.ts";
import { sortNameOf } from "#lib/inventory/cohort.ts";
import { joinInventory, type NewMember, settleInventory } from "#lib/inventory/enter-inventory.ts";
import type { ForeignCertificate } from "#lib/inventory/foreign-certificate.ts";
import { candidateSubject } from "#lib/inventory/issuer-candidate.ts";

/** A certificate to be recorded, and the id that its row will have. */
export interface NewForeign {
  id: string;
  certificate: ForeignCertificate;
}

/** What became of one. */
export type ForeignOutcome =
  | { outcome: "added"; id: string }
  /** It is in the inventory already, or stood earlier in the same batch. */
  | { outcome: "known"; id: string }
  | { outcome: "refused"; reason: string };

/** The most certificates to be recorded in one transaction, which keeps it short. */
export const FOREIGN_BATCH_MAX = 100;

/**
 * Takes certificates of others into the inventory, with their audit events, in the caller's transaction.
 *
 * @param certificates at most FOREIGN_BATCH_MAX
 * @param now whole seconds
 * @param details told in the audit events besides what the certificates say
 * @returns what became of each, in the order of the certificates
 * @throws DomainError `forbidden`
 */
export async function recordForeign(
  transaction: DriverTransaction,
  actor: Actor,
  certificates: readonly NewForeign[],
  now: Date,
  details: Record<string, unknown> = {},
): Promise<ForeignOutcome[]> {
  authorize(actor, "certificate:import");
  const known = await knownIds(transaction, certificates);
  const taken = await takenSerials(transaction, certificates);
  const added: NewForeign[] = [];
  const outcomes = certificates.map((each): ForeignOutcome => {
    const { issuerId, serial, sha256 } = each.certificate;
    const knownId = known.get(sha256);
    if (knownId !== undefined) return { outcome: "known", id: knownId };
    const place = `${issuerId} ${serial}`;
    if (issuerId !== null && taken.has(place)) return { outcome: "refused", reason: SERIAL_TAKEN };
    taken.add(place);
    known.set(sha256, each.id);
    added.push(each);
    return { outcome: "added", id: each.id };
  });
  if (added.length > 0) await insertAll(transaction, actor, added, now, details);
  return outcomes;
}

const SERIAL_TAKEN =
  "An authority of this installation signed it under a serial number that another certificate of that authority has; both cannot be recorded.";

async function knownIds(
  transaction: DriverTransaction,
  certificates: readonly NewForeign[],
): Promise<Map<string, string>> {
  if (certificates.length === 0) return new Map();
  const rows = await transaction.all(
    `SELECT "id", "sha256" FROM "Certificate" WHERE "sha256" IN (${placeholders(certificates.length)})`,
    certificates.map(({ certificate }) => certificate.sha256),
  );
  return new Map(rows.map(({ id, sha256 }) => [String(sha256), String(id)]));
}

/** Serial numbers of our own authorities that are in use, as `issuerId serial`. */
async function takenSerials(
  transaction: DriverTransaction,
  certificates: readonly NewForeign[],
): Promise<Set<string>> {
  const taken = new Set<string>();
  for (const { certificate } of certificates) {
    const { issuerId, serial } = certificate;
    if (issuerId === null) continue;
    const rows = await transaction.all(
      'SELECT "id" FROM "Certificate" WHERE "issuerId" = ? AND "serial" = ?',
      [issuerId, serial],
    );
    if (rows.length > 0) taken.add(`${issuerId} ${serial}`);
  }
  return taken;
}

async function insertAll(
  transaction: DriverTransaction,
  actor: Actor,
  added: readonly NewForeign[],
  now: Date,
  details: Record<string, unknown>,
): Promise<void> {
  const memberships = await joinInventory(transaction, added.map(memberOf));
  await transaction.insert(
    "Certificate",
    added.map((each, index) => certificateRow(each, memberships[index]?.cohortId ?? null, actor, now)),
  );
  await transaction.insert("CertificateName", added.flatMap(nameRows));
  await transaction.insert("IssuerCandidate", added.flatMap(candidateRows));
  await settleInventory(transaction, memberships);
  await appendEvents(
    transaction,
    actor,
    now,
    added.map((each) => importedEntry(each, details)),
  );
}

function memberOf({ id, certificate }: NewForeign): NewMember {
  return {
    id,
    lineageId: id,
    keySha256: certificate.keySha256,
    replacesId: null,
    kind: certificate.kind,
    issuerId: certificate.issuerId,
    issuerName: certificate.issuerName,
    profileId: null,
    keyAlgorithm: certificate.keyAlgorithm,
    source: "import",
    risks: certificate.risks,
  };
}

function certificateRow(
  { id, certificate }: NewForeign,
  cohortId: number | null,
  actor: Actor,
  now: Date,
): Row {
  return {
    id,
    serial: certificate.serial,
    issuerId: certificate.issuerId,
    profileId: null,
    status: "issued",
    kind: certificate.kind,
    displayName: certificate.displayName,
    sortName: sortNameOf(certificate.displayName),
    subject: certificate.subject,
    issuerName: certificate.issuerName,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    keyAlgorithm: certificate.keyAlgorithm,
    keySha256: certificate.keySha256,
    sha256: certificate.sha256,
    sha1: certificate.sha1,
    body: certificate.der,
    source: "import",
    lineageId: id,
    replacesId: null,
    requestedBy: actor.name,
    createdAt: now,
    cohortId,
  };
}

function nameRows({ id, certificate }: NewForeign): Row[] {
  return certificate.names.map(({ type, value }, position) => ({
    id: `${id}.${position}`,
    certificateId: id,
    type,
    value,
    reversed: [...value].reverse().join(""),
  }));
}

function candidateRows({ id, certificate }: NewForeign): Row[] {
  if (certificate.kind !== "authority") return [];
  return [{ certificateId: id, subject: candidateSubject(certificate.subject) }];
}

function importedEntry({ id, certificate }: NewForeign, details: Record<string, unknown>): AuditEntry {
  return {
    action: "certificate.imported",
    object: { kind: "certificate", id, name: certificate.displayName },
    details: {
      serial: certificate.serial,
      sha256: certificate.sha256,
      subject: certificate.subject,
      issuer: certificate.issuerName,
      notAfter: certificate.notAfter.toISOString(),
      ...details,
    },
  };
}

function placeholders(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}
