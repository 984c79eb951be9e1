import type { Prisma } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { isReference } from "#lib/reference.ts";

/**
 * The condition that finds one issued certificate. A fingerprint or an id means one certificate; a serial number is
 * given by its issuer only, so that those of our own authorities come first, and one that several of the same kind
 * have means none of them.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 * @throws DomainError `notFound`, and `conflict` for a serial number that several certificates have
 */
export async function isReferredTo(
  installation: Installation,
  reference: string,
): Promise<Prisma.CertificateWhereInput & { id: string }> {
  if (!isReference(reference)) throw new DomainError("notFound", "There is no such certificate.");
  const hex = reference.toLowerCase();
  const { read } = installation.database;
  // Serial numbers are indexed under their issuer, of which there are few; those of others have none.
  const issuers = await read.authority.findMany({ select: { id: true } });
  const ways: Prisma.CertificateWhereInput[] = [
    { OR: [{ id: reference }, { sha256: hex }] },
    { issuerId: { in: issuers.map(({ id }) => id) }, serial: hex },
    { issuerId: null, serial: hex },
  ];
  for (const way of ways) {
    const found = await read.certificate.findMany({
      where: { ...ISSUED, ...way },
      select: { id: true },
      take: 2,
    });
    const [one, other] = found;
    if (one === undefined) continue;
    if (other === undefined) return { ...ISSUED, id: one.id };
    throw new DomainError(
      "conflict",
      "Several certificates of different issuers have this serial number; ask for one by its fingerprint.",
    );
  }
  throw new DomainError("notFound", "There is no such certificate.");
}
