import type { Reader } from "#lib/database.ts";
import type { InventoryCertificate, InventoryCrl } from "./inventory-in-memory.ts";

/** Former CRLs of all authorities concerned, to tell how old theirs was at the time of a failure. */
const FORMER_MAX = 200;

const CRL = { select: { id: true, thisUpdate: true, nextUpdate: true } } as const;

/**
 * The CRLs of authorities as they are known here: those that we sign, and those of others that we follow. Who is on
 * them stands with the certificates.
 *
 * @param authorities certificates of authorities
 */
export async function publishedCrls(
  read: Reader,
  authorities: readonly InventoryCertificate[],
): Promise<InventoryCrl[]> {
  const names = new Map(authorities.map(({ id, subject }) => [id, subject]));
  const certificateId = { in: [...names.keys()] };
  if (names.size === 0) return [];
  const [ours, followed] = await Promise.all([
    read.authority.findMany({
      where: { certificateId },
      select: { id: true, certificateId: true, publication: { select: { crl: CRL } } },
    }),
    read.crlSource.findMany({
      where: { certificateId },
      select: { id: true, certificateId: true, crl: CRL },
    }),
  ]);
  const current = [
    ...ours.map(({ publication, ...each }) => ({ ...each, crl: publication?.crl ?? null })),
    ...followed,
  ].flatMap(({ crl, ...each }) => (crl === null ? [] : [{ ...each, crl }]));
  const former = await read.crl.findMany({
    where: {
      OR: [
        { authorityId: { in: ours.map(({ id }) => id) } },
        { sourceId: { in: followed.map(({ id }) => id) } },
      ],
      id: { notIn: current.map(({ crl }) => crl.id) },
    },
    select: { authorityId: true, sourceId: true, thisUpdate: true, nextUpdate: true },
    orderBy: { createdAt: "desc" },
    take: FORMER_MAX,
  });
  return current.flatMap(({ id, certificateId: of, crl }) => {
    const issuer = names.get(of) ?? "";
    // One that is newer is still being written.
    const older = former.filter(
      (each) => (each.authorityId ?? each.sourceId) === id && each.thisUpdate <= crl.thisUpdate,
    );
    return [crl, ...older].map(({ thisUpdate, nextUpdate }) => ({
      issuer,
      thisUpdate: thisUpdate.getTime(),
      nextUpdate: nextUpdate?.getTime() ?? null,
      revoked: [],
    }));
  });
}
