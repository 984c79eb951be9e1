import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/** Counts stop here and are shown as "1,000+": nobody counts a million rows for a screen. */
export const COUNT_BOUND = 1_000;

export interface IssuedFigures {
  /** Certificates issued, authorities' own not among them; COUNT_BOUND + 1 means more than the bound. */
  issued: number;
  /** Those of them that have not expired. */
  valid: number;
}

/** How many certificates each authority has issued, by its id. @throws DomainError `forbidden` */
export async function issuedFigures(
  installation: Installation,
  actor: Actor,
  authorityIds: readonly string[],
): Promise<Map<string, IssuedFigures>> {
  authorize(actor, "certificate:read");
  const now = installation.clock.now();
  const figures = await Promise.all(
    authorityIds.map(async (issuerId): Promise<[string, IssuedFigures]> => {
      const [issued, valid] = await Promise.all([
        bounded(installation, { issuerId }),
        bounded(installation, { issuerId, notAfter: { gt: now } }),
      ]);
      return [issuerId, { issued, valid }];
    }),
  );
  return new Map(figures);
}

/** How many end-entity certificates are valid now. @throws DomainError `forbidden` */
export async function countValidCertificates(installation: Installation, actor: Actor): Promise<number> {
  authorize(actor, "certificate:read");
  const rows = await installation.database.read.certificate.findMany({
    where: { ...ISSUED, kind: "end-entity", notAfter: { gt: installation.clock.now() } },
    orderBy: [{ notAfter: "asc" }, { id: "asc" }],
    select: { id: true },
    take: COUNT_BOUND + 1,
  });
  return rows.length;
}

/** Counts along the index of status, issuer and notAfter, and stops just over the bound. */
async function bounded(
  installation: Installation,
  where: { issuerId: string; notAfter?: { gt: Date } },
): Promise<number> {
  const rows = await installation.database.read.certificate.findMany({
    where: { status: "issued", kind: "end-entity", ...where },
    // The index's own order: without one, rows are sorted by their id before they are counted.
    orderBy: [{ notAfter: "asc" }, { id: "asc" }],
    select: { id: true },
    take: COUNT_BOUND + 1,
  });
  return rows.length;
}
