import { BoundedMemory } from "#lib/bounded-memory.ts";
import type { Database } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { queryRows, timeOf } from "#lib/sql-steps.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { type InventoryCertificate, inventoryCertificate } from "./inventory-in-memory.ts";
import { isAmong, listOf } from "./json-rows.ts";

/** A certificate of the inventory with what it takes to look further. */
export interface RecordedCertificate {
  certificate: InventoryCertificate;
  /** As `formatName` writes it. */
  issuerName: string;
  /** The authority of ours that signed it. */
  issuerId: string | null;
}

/** What a certificate says never changes, and the same ones come again and again. */
interface Read {
  size: number;
  /** Null when it cannot be read. */
  certificate: InventoryCertificate | null;
}

const READ_BYTES = 8 * 1024 * 1024;

const memories = new WeakMap<Database, BoundedMemory<Read>>();

/** Rows of one query. */
const PART = 200;

/**
 * Reads certificates, with what is recorded of their revocation. Whom they belong to and who trusts them is left open.
 *
 * @param ids some hundred
 */
export async function recordedCertificates(
  database: Database,
  ids: Iterable<string>,
): Promise<RecordedCertificate[]> {
  const memory = memories.get(database) ?? new BoundedMemory<Read>(READ_BYTES);
  memories.set(database, memory);
  const found: RecordedCertificate[] = [];
  const all = [...ids];
  for (let start = 0; start < all.length; start += PART) {
    const part = all.slice(start, start + PART);
    const { known = [], unknown = [] } = Object.groupBy(part, (id) =>
      memory.get(id) === undefined ? "unknown" : "known",
    );
    for (const row of [
      ...(await rowsOf(database, unknown, true)),
      ...(await rowsOf(database, known, false)),
    ]) {
      const id = String(row.id);
      let certificate = memory.get(id)?.certificate ?? null;
      if (row.body instanceof Uint8Array) {
        certificate = readBody(id, row.body);
        memory.set(id, { certificate, size: sizeOf(certificate) });
        await letOthersRun();
      }
      if (certificate === null) continue;
      const since = row.revokedAt == null ? null : timeOf(row.revokedAt).getTime();
      found.push({
        certificate: {
          ...certificate,
          revocation: since === null ? null : { since, isHold: row.reason === "certificateHold" },
        },
        issuerName: String(row.issuerName),
        issuerId: row.issuerId === null ? null : String(row.issuerId),
      });
    }
  }
  return found;
}

async function rowsOf(database: Database, ids: readonly string[], withBody: boolean) {
  if (ids.length === 0) return [];
  return queryRows(
    database,
    `SELECT c."id", c."issuerName", c."issuerId", r."revokedAt", r."reason"${withBody ? ', c."body"' : ""}
     FROM "Certificate" c LEFT JOIN "Revocation" r ON r."certificateId" = c."id"
     WHERE ${isAmong(database.target.provider, 'c."id"')} AND c."status" NOT IN (${NOT_ISSUED})`,
    [listOf(ids)],
  );
}

const NOT_ISSUED = ISSUED.status.notIn.map((status) => `'${status}'`).join(", ");

function readBody(id: string, body: Uint8Array): InventoryCertificate | null {
  try {
    return { ...inventoryCertificate(readForeignCertificate(body), null), id };
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

function sizeOf(certificate: InventoryCertificate | null): number {
  const texts = [certificate?.subject, certificate?.issuer, certificate?.name, ...(certificate?.names ?? [])];
  return texts.reduce((sum, text) => sum + 2 * (text?.length ?? 0), 1_000);
}
