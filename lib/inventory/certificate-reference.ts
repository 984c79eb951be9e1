import type { Prisma } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { isReference } from "#lib/reference.ts";

/**
 * The condition that finds one issued certificate, each part of it by an index of its own; a single part
 * without one would make SQLite read the whole table.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 * @throws DomainError `notFound` for a text that can be none of these
 */
export async function isReferredTo(
  installation: Installation,
  reference: string,
): Promise<Prisma.CertificateWhereInput> {
  if (!isReference(reference)) throw new DomainError("notFound", "There is no such certificate.");
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
