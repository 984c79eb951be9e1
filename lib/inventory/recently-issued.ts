import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { type CertificateStatus, certificateStatus } from "#lib/inventory/certificate-status.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/** A certificate as the page of its authority or profile lists it. */
export interface RecentCertificate {
  id: string;
  displayName: string;
  requestedBy: string;
  createdAt: Date;
  notBefore: Date;
  notAfter: Date;
  status: CertificateStatus;
  replacedById: string | null;
}

/** No index leads from an authority to its newest certificates, so only so many of all are looked at. */
const LOOKED_AT = 1_000;

/**
 * The newest certificates of an authority or under a profile, among the newest 1,000 of all.
 *
 * @param of ids
 * @param limit the most to return
 * @throws DomainError `forbidden`
 */
export async function recentlyIssued(
  installation: Installation,
  actor: Actor,
  of: { issuerId: string } | { profileId: string },
  limit = 8,
): Promise<RecentCertificate[]> {
  authorize(actor, "certificate:read");
  const { read } = installation.database;
  const now = installation.clock.now();
  const newest = await read.certificate.findMany({
    where: ISSUED,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: LOOKED_AT,
    select: { id: true, issuerId: true, profileId: true },
  });
  const ids = newest
    .filter((row) => ("issuerId" in of ? row.issuerId === of.issuerId : row.profileId === of.profileId))
    .slice(0, limit)
    .map((row) => row.id);
  const rows = await read.certificate.findMany({
    where: { id: { in: ids } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: {
      id: true,
      displayName: true,
      requestedBy: true,
      createdAt: true,
      notBefore: true,
      notAfter: true,
      cohort: { select: { state: true } },
      replacedBy: { where: ISSUED, select: { id: true }, take: 1 },
    },
  });
  return rows.map(({ replacedBy, cohort, ...row }) => ({
    ...row,
    status: certificateStatus({ ...row, state: cohort?.state ?? "active" }, now),
    replacedById: replacedBy[0]?.id ?? null,
  }));
}
