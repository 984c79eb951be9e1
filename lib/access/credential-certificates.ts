import type { Reader, Transaction } from "#lib/database.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/** More certificates of one key nobody has. */
const LOOKED_AT = 200;

/** A certificate by which a client comes in. */
export interface CertificateBehind {
  id: string;
  displayName: string;
  serial: string;
  notAfter: Date;
}

/**
 * The certificates behind a credential that may be revoked with it: of our authorities, valid, not revoked for good,
 * and by which nobody else is known, nor the same client by a credential that goes on. A name stands for no
 * certificate of its own, so there are none behind one.
 *
 * @param now credentials that have ended by then do not count
 * @param exceptOf a client all of whose credentials are to end
 */
export async function certificatesBehind(
  reader: Reader | Transaction,
  { id, kind, sha256 }: { id: string; kind: string; sha256: string },
  now: Date,
  take: number,
  exceptOf = "",
): Promise<CertificateBehind[]> {
  if (kind === "name") return [];
  const found = await reader.certificate.findMany({
    where: {
      ...(kind === "key" ? { keySha256: sha256 } : { sha256 }),
      ...ISSUED,
      kind: "end-entity",
      issuerId: { not: null },
      notAfter: { gt: now },
      OR: [{ revocation: null }, { revocation: { reason: "certificateHold" } }],
    },
    select: { id: true, displayName: true, serial: true, notAfter: true, sha256: true, keySha256: true },
    orderBy: { id: "asc" },
    take: LOOKED_AT,
  });
  if (found.length === 0) return [];
  const others = await reader.credential.findMany({
    where: {
      id: { not: id },
      AND: [
        {
          OR: [
            { kind: "certificate", sha256: { in: found.flatMap((each) => each.sha256 ?? []) } },
            { kind: "key", sha256: { in: found.map((each) => each.keySha256) } },
          ],
        },
        { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
      ],
      client: { status: { not: "retired" }, id: { not: exceptOf } },
    },
    select: { kind: true, sha256: true },
  });
  const goesOn = new Set(others.map((other) => `${other.kind} ${other.sha256}`));
  return found
    .filter((each) => !goesOn.has(`certificate ${each.sha256}`) && !goesOn.has(`key ${each.keySha256}`))
    .slice(0, take)
    .map(({ id: certificate, displayName, serial, notAfter }) => ({
      ...{ id: certificate, displayName, serial, notAfter },
    }));
}
