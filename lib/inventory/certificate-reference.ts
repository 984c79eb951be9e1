import type { Prisma } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/**
 * The condition that finds one issued certificate, each part of it by an index of its own; a single part
 * without one would make SQLite read the whole table.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 */
export async function isReferredTo(
  installation: Installation,
  reference: string,
): Promise<Prisma.CertificateWhereInput> {
  const hex = reference.toLowerCase();
  // Serial numbers are indexed under their issuer, of which there are few; roots have none.
  const issuers = await installation.database.read.authority.findMany({ select: { id: true } });
  return {
    ...ISSUED,
    OR: [
      { id: reference },
      { sha256: hex },
      { issuerId: { in: issuers.map(({ id }) => id) }, serial: hex },
      { issuerId: null, serial: hex },
    ],
  };
}
