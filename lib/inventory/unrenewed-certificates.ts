import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { type RenewalConcern, renewalConcern } from "#lib/inventory/renewal-attention.ts";

/** A certificate that should have a successor and has none. */
export interface UnrenewedCertificate {
  id: string;
  displayName: string;
  notBefore: Date;
  notAfter: Date;
  requestedBy: string;
  concern: Exclude<RenewalConcern, "none">;
}

export interface UnrenewedCertificates {
  /** The nearest to their end first; what expired within the last week before them. */
  certificates: UnrenewedCertificate[];
  /** Whether there are more, or may be: the search stops at its bounds. */
  more: boolean;
}

/** Somebody who was away for a few days should still be told what ended meanwhile. */
const EXPIRED_WITHIN_SECONDS = 7 * 86_400;
/** The longest life of an end-entity certificate is ten years (see profile-rules.ts): its last third. */
const LOOK_AHEAD_SECONDS = Math.ceil((3650 * 86_400) / 3);
const BATCH = 500;
const LOOKED_AT_MAX = 5_000;

/**
 * Certificates in the last third of their life, or just expired, that nobody renewed. Walks along the index
 * of expiry and stops when it has found or seen enough.
 *
 * @param limit the most to return
 * @param exceptProfile slug of a profile whose certificates are looked after elsewhere
 * @throws DomainError `forbidden`
 */
export async function unrenewedCertificates(
  installation: Installation,
  actor: Actor,
  { limit = 100, exceptProfile }: { limit?: number; exceptProfile?: string } = {},
): Promise<UnrenewedCertificates> {
  authorize(actor, "certificate:read");
  const now = installation.clock.now();
  const { read } = installation.database;
  const except =
    exceptProfile === undefined
      ? null
      : await read.certificateProfile.findUnique({ where: { slug: exceptProfile }, select: { id: true } });

  const certificates: UnrenewedCertificate[] = [];
  let from = addSeconds(now, -EXPIRED_WITHIN_SECONDS);
  let afterId = "";
  for (let lookedAt = 0; lookedAt < LOOKED_AT_MAX; lookedAt += BATCH) {
    const rows = await read.certificate.findMany({
      where: {
        // The plain bounds let the index be used, the alternative goes on behind the last row seen.
        notAfter: { gte: from, lte: addSeconds(now, LOOK_AHEAD_SECONDS) },
        OR: [{ notAfter: { gt: from } }, { notAfter: from, id: { gt: afterId } }],
        status: "issued",
        kind: "end-entity",
        replacedBy: { none: { status: "issued" } },
      },
      orderBy: [{ notAfter: "asc" }, { id: "asc" }],
      take: BATCH,
      select: {
        id: true,
        displayName: true,
        notBefore: true,
        notAfter: true,
        requestedBy: true,
        profileId: true,
      },
    });
    for (const { profileId, ...row } of rows) {
      const concern = renewalConcern(row, now);
      if (concern === "none" || (except !== null && profileId === except.id)) continue;
      if (certificates.length === limit) return { certificates, more: true };
      certificates.push({ ...row, concern });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return { certificates, more: false };
    from = last.notAfter;
    afterId = last.id;
  }
  return { certificates, more: true };
}
