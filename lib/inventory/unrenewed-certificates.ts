import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { type RenewalConcern, renewalConcern } from "#lib/inventory/renewal-attention.ts";
import { isOfResponder } from "#lib/inventory/responder-certificates.ts";

/** A certificate that should have a successor and has none. */
export interface UnrenewedCertificate {
  id: string;
  displayName: string;
  notBefore: Date;
  notAfter: Date;
  requestedBy: string;
  concern: Exclude<RenewalConcern, "none">;
}

/** What a walk along the expiries found. */
export interface UnrenewedWalk {
  /** The nearest to the present first. */
  certificates: UnrenewedCertificate[];
  /** There are more, or may be: the walk stopped at one of its bounds. */
  more: boolean;
  /** Up to which expiry it looked when it stopped because it had seen enough rows; else null. */
  checkedUntil: Date | null;
}

export interface UnrenewedCertificates {
  /** Valid, and in the last third of their life. */
  ending: UnrenewedWalk;
  /** Expired within the last week. */
  expired: UnrenewedWalk;
}

/** Somebody who was away for a few days should still be told what ended meanwhile. */
const EXPIRED_WITHIN_SECONDS = 7 * 86_400;
/** The longest life of an end-entity certificate is ten years (see profile-rules.ts): its last third. */
const LOOK_AHEAD_SECONDS = Math.ceil((3650 * 86_400) / 3);
const BATCH = 500;
export const LOOKED_AT_MAX = 5_000;

interface Options {
  /** The most of each kind to return. */
  limit?: number;
  /** Slug of a profile whose certificates are looked after elsewhere. */
  exceptProfile?: string;
}

/**
 * Certificates in the last third of their life, or just expired, that nobody renewed. Walks along the index
 * of expiry, from now into both directions, and stops when it has found or seen enough.
 *
 * @throws DomainError `forbidden`
 */
export async function unrenewedCertificates(
  installation: Installation,
  actor: Actor,
  { limit = 100, exceptProfile }: Options = {},
): Promise<UnrenewedCertificates> {
  authorize(actor, "certificate:read");
  const now = installation.clock.now();
  const except =
    exceptProfile === undefined
      ? null
      : await installation.database.read.certificateProfile.findUnique({
          where: { slug: exceptProfile },
          select: { id: true },
        });
  const walk = { limit, now, exceptProfileId: except?.id ?? null };
  const [ending, expired] = await Promise.all([
    walkExpiries(installation, { ...walk, until: addSeconds(now, LOOK_AHEAD_SECONDS) }),
    walkExpiries(installation, { ...walk, until: addSeconds(now, -EXPIRED_WITHIN_SECONDS) }),
  ]);
  return { ending, expired };
}

interface Walk {
  limit: number;
  now: Date;
  /** Later than now: walks into the future, else into the past. */
  until: Date;
  exceptProfileId: string | null;
}

async function walkExpiries(installation: Installation, walk: Walk): Promise<UnrenewedWalk> {
  const { limit, now, until, exceptProfileId } = walk;
  const ahead = until > now;
  const direction = ahead ? "asc" : "desc";
  const certificates: UnrenewedCertificate[] = [];
  let last: { notAfter: Date; id: string } | null = null;
  for (let lookedAt = 0; lookedAt < LOOKED_AT_MAX; lookedAt += BATCH) {
    const rows: Row[] = await installation.database.read.certificate.findMany({
      where: {
        ...ISSUED,
        kind: "end-entity",
        ...(ahead
          ? { notAfter: { ...(last === null ? { gt: now } : { gte: last.notAfter }), lte: until } }
          : { notAfter: { lte: last?.notAfter ?? now, gte: until } }),
        // The plain bounds let the index be used; this goes on behind the last row seen.
        ...(last === null
          ? {}
          : {
              OR: [
                { notAfter: ahead ? { gt: last.notAfter } : { lt: last.notAfter } },
                { notAfter: last.notAfter, id: ahead ? { gt: last.id } : { lt: last.id } },
              ],
            }),
      },
      orderBy: [{ notAfter: direction }, { id: direction }],
      take: BATCH,
      select: SELECTED,
    });
    for (const { profileId, source, replacedBy, cohort, ...row } of rows) {
      const concern = renewalConcern(row, now);
      if (concern === "none" || replacedBy.length > 0) continue;
      // What is revoked needs no successor of its own accord, and what is on hold is to be decided first.
      if (cohort?.state === "revoked" || cohort?.state === "held") continue;
      // Nobody can renew it but the responder itself, whose health is shown with the others.
      if (isOfResponder({ profileId, source })) continue;
      if (exceptProfileId !== null && profileId === exceptProfileId) continue;
      if (certificates.length === limit) return { certificates, more: true, checkedUntil: null };
      certificates.push({ ...row, concern });
    }
    last = rows.at(-1) ?? null;
    if (last === null || rows.length < BATCH) return { certificates, more: false, checkedUntil: null };
  }
  return { certificates, more: true, checkedUntil: last?.notAfter ?? null };
}

const SELECTED = {
  id: true,
  displayName: true,
  notBefore: true,
  notAfter: true,
  requestedBy: true,
  profileId: true,
  source: true,
  // Read beside the rows: as a condition it would be asked of every certificate there is.
  replacedBy: { where: ISSUED, select: { id: true }, take: 1 },
  cohort: { select: { state: true } },
} as const;

interface Row extends Omit<UnrenewedCertificate, "concern"> {
  profileId: string | null;
  source: string;
  replacedBy: { id: string }[];
  cohort: { state: string } | null;
}
