import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { countLive } from "#lib/inventory/certificate-figures.ts";
import { isReferredTo } from "#lib/inventory/certificate-reference.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/** What to know of a certificate before it is revoked. */
export interface RevocationConsequences {
  /** What stands in for it: the newest certificate of its lineage that works. */
  successor: { id: string; name: string; notAfter: Date } | null;
  /** When and where a relying party last met it; null while none has said so. */
  lastSeenAt: Date | null;
  lastSeenWhere: string | null;
  /** Certificates that work now and would not any more, as they stand below this authority; 0 for others. */
  liveBelow: number;
  /** Whether it is the certificate of an authority whose key is here. */
  isAuthority: boolean;
}

/**
 * What will break when a certificate is revoked, and what replaces it.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 * @throws DomainError `notFound`, `forbidden`
 */
export async function revocationConsequences(
  installation: Installation,
  actor: Actor,
  reference: string,
): Promise<RevocationConsequences> {
  authorize(actor, "certificate:read");
  const { database, clock } = installation;
  const { id } = await isReferredTo(installation, reference);
  const certificate = await database.read.certificate.findUnique({
    where: { id },
    select: {
      lineageId: true,
      createdAt: true,
      lastSeenAt: true,
      lastSeenWhere: true,
      authorities: { select: { id: true } },
    },
  });
  if (certificate === null) throw new DomainError("notFound", "There is no such certificate.");
  const { lineageId, createdAt, lastSeenAt, lastSeenWhere, authorities } = certificate;
  const now = clock.now();
  const [successor, liveBelow] = await Promise.all([
    database.read.certificate.findFirst({
      where: {
        lineageId,
        ...ISSUED,
        OR: [{ createdAt: { gt: createdAt } }, { createdAt, id: { gt: id } }],
        notAfter: { gt: now },
        cohort: { state: { notIn: ["held", "revoked"] } },
      },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      select: { id: true, displayName: true, notAfter: true },
    }),
    authorities.length === 0
      ? 0
      : countLive(
          database,
          await authoritiesFrom(
            database,
            authorities.map((authority) => authority.id),
          ),
          now,
        ),
  ]);
  return {
    successor:
      successor === null
        ? null
        : { id: successor.id, name: successor.displayName, notAfter: successor.notAfter },
    lastSeenAt,
    lastSeenWhere,
    liveBelow,
    isAuthority: authorities.length > 0,
  };
}

/** The authorities and all that stand below them. */
async function authoritiesFrom(database: Database, ids: readonly string[]): Promise<string[]> {
  const all = await database.read.authority.findMany({ select: { id: true, parentId: true } });
  const reached = new Set(ids);
  for (const above of reached) {
    for (const { id, parentId } of all) if (parentId === above) reached.add(id);
  }
  return [...reached];
}
