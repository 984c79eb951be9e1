import { AUTOMATIC_BUNDLES, isAutomaticBundle } from "#lib/authority/automatic-bundles.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";

/** A trust bundle as it is chosen from a list. */
export interface NamedBundle {
  slug: string;
  name: string;
  /** `kept` by itself, `made` by hand, or of one `authority` with those above it. */
  kind: "kept" | "made" | "authority";
}

/** More than anybody finds in a list. */
const NAMED_MAX = 500;

/** The trust bundles that a relying party may load, by kind and name. */
export async function bundleNames({ database }: Installation, actor: Actor): Promise<NamedBundle[]> {
  authorize(actor, "authority:read");
  const select = { slug: true, name: true } as const;
  const orderBy = { name: "asc" } as const;
  const [made, authorities] = await Promise.all([
    database.read.trustBundle.findMany({ select, orderBy, take: NAMED_MAX }),
    database.read.authority.findMany({ select, orderBy, take: NAMED_MAX }),
  ]);
  return [
    ...Object.entries(AUTOMATIC_BUNDLES).map(([slug, { name }]) => ({ slug, name, kind: "kept" as const })),
    ...made.map((bundle) => ({ ...bundle, kind: "made" as const })),
    ...authorities.map((authority) => ({ ...authority, kind: "authority" as const })),
  ];
}

/** Whether there is a trust bundle of that short name. */
export async function isKnownBundle(
  { trustBundle, authority }: Pick<Transaction, "trustBundle" | "authority">,
  slug: string,
): Promise<boolean> {
  if (isAutomaticBundle(slug)) return true;
  const made = await trustBundle.findUnique({ where: { slug }, select: { id: true } });
  if (made !== null) return true;
  return (await authority.findUnique({ where: { slug }, select: { id: true } })) !== null;
}
