import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { type BundleMember, bundleMembers, MEMBER_SELECT } from "#lib/inventory/bundle-members.ts";
import { isReference } from "#lib/reference.ts";

/** A trust bundle as lists show it. */
export interface BundleSummary {
  id: string;
  slug: string;
  name: string;
  description: string;
  changedAt: Date;
  members: number;
  /** When the first of its certificates that is still valid ends; null when there is none. */
  nextEnd: Date | null;
  /** How many have ended. */
  expired: number;
}

/** A trust bundle with its certificates. */
export interface BundleView {
  id: string;
  slug: string;
  name: string;
  description: string;
  version: number;
  createdAt: Date;
  changedAt: Date;
  members: BundleMember[];
}

/** The trust bundles that people made, by name. */
export async function listBundles(installation: Installation, actor: Actor): Promise<BundleSummary[]> {
  authorize(actor, "authority:read");
  const now = installation.clock.now();
  const rows = await installation.database.read.trustBundle.findMany({
    select: {
      id: true,
      slug: true,
      name: true,
      description: true,
      changedAt: true,
      members: { select: { certificate: { select: { notAfter: true } } } },
    },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  return rows.map(({ members, ...row }) => ({
    ...row,
    ...endsOf(
      members.map(({ certificate }) => certificate.notAfter),
      now,
    ),
  }));
}

/** How many certificates there are, how many have ended, and when the next one does. */
export function endsOf(
  ends: readonly Date[],
  now: Date,
): Pick<BundleSummary, "members" | "nextEnd" | "expired"> {
  const coming = ends.filter((end) => end > now).sort((left, right) => left.getTime() - right.getTime());
  return { members: ends.length, nextEnd: coming[0] ?? null, expired: ends.length - coming.length };
}

/** One trust bundle by id or short name. @throws DomainError `notFound` */
export async function getBundle(
  installation: Installation,
  actor: Actor,
  idOrSlug: string,
): Promise<BundleView> {
  authorize(actor, "authority:read");
  const row = isReference(idOrSlug)
    ? await installation.database.read.trustBundle.findFirst({
        where: { OR: [{ id: idOrSlug }, { slug: idOrSlug }] },
        include: {
          members: { orderBy: { id: "asc" }, select: { certificate: { select: MEMBER_SELECT } } },
        },
      })
    : null;
  if (row === null) throw new DomainError("notFound", "There is no such trust bundle.");
  const { members, ...facts } = row;
  const certificates = members.map(({ certificate }) => certificate);
  return { ...facts, members: await bundleMembers(installation, actor, certificates) };
}
