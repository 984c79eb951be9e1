import { hash } from "node:crypto";
import type { Candidate } from "#lib/access/allowlist/candidate.ts";
import type { KnownIssuers } from "#lib/access/known-issuers.ts";
import { type ReadCertificate, readPresented, readRecorded } from "#lib/access/presented-certificate.ts";
import type { Database } from "#lib/database.ts";
import type { Row } from "#lib/driver.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { queryRows } from "#lib/sql-steps.ts";
import { sha1Fingerprint } from "#lib/x509/fingerprint.ts";
import { toHex } from "#lib/x509/hex.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** Parameters of one query, and bodies that are read at once. */
const SLICE = 500;
const BODIES = 100;

/**
 * Reads certificates of the inventory as a proxy would pass them on. What was never issued, or cannot be read, is
 * left out.
 *
 * @param ids of the inventory
 */
export async function* readCandidates(
  database: Database,
  ids: readonly string[],
  issuers: KnownIssuers,
): AsyncGenerator<Candidate> {
  for (const part of parts(ids, BODIES)) {
    const rows = await queryRows(
      database,
      `SELECT c."id", c."issuerId", c."body", r."reason" FROM "Certificate" c
       LEFT JOIN "Revocation" r ON r."certificateId" = c."id"
       WHERE c."id" IN (${placeholders(part)}) AND c."status" = 'issued'`,
      part,
    );
    for (const row of rows) {
      await letOthersRun();
      const candidate = candidateOf(row, issuers);
      if (candidate !== null) yield candidate;
    }
  }
}

/** Whether certificates are revoked or held, by their id in the inventory. */
export async function readRevocations(
  database: Database,
  ids: readonly string[],
): Promise<Map<string, Candidate["certificate"]["revocation"]>> {
  const found = new Map<string, Candidate["certificate"]["revocation"]>();
  for (const part of parts(ids)) {
    const rows = await queryRows(
      database,
      `SELECT "certificateId", "reason" FROM "Revocation" WHERE "certificateId" IN (${placeholders(part)})`,
      part,
    );
    for (const row of rows) found.set(String(row.certificateId), revocationOf(row.reason));
    await letOthersRun();
  }
  return found;
}

/** Lists in pieces that fit into one query. */
export function* parts<T>(list: readonly T[], size = SLICE): Generator<T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}

export const placeholders = (list: readonly unknown[]) => list.map(() => "?").join(", ");

function candidateOf({ id, issuerId, body, reason }: Row, issuers: KnownIssuers): Candidate | null {
  if (!(body instanceof Uint8Array)) return null;
  const certificate = readBy(body, issuerId == null ? null : String(issuerId), issuers);
  if (certificate === null) return null;
  return {
    id: String(id),
    sha1: sha1Fingerprint(body),
    pemSha1: hash("sha1", encodePem("CERTIFICATE", body), "hex"),
    certificate: { ...certificate, revocation: revocationOf(reason) },
  };
}

/** Who signed what we recorded was found out then; what came before its authority is checked like a stranger's. */
function readBy(body: Uint8Array, issuerId: string | null, issuers: KnownIssuers): ReadCertificate | null {
  const issuer = issuerId === null ? undefined : issuers.standsFor.get(issuerId);
  if (issuer !== undefined) return readRecorded(body, issuer);
  return readPresented(body, (subject) => issuers.bySubject.get(toHex(subject)) ?? []);
}

function revocationOf(reason: Row[string] | undefined): Candidate["certificate"]["revocation"] {
  if (reason == null) return "good";
  return reason === "certificateHold" ? "held" : "revoked";
}
