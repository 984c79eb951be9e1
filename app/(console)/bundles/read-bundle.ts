import {
  AUTOMATIC_BUNDLES,
  automaticBundleMembers,
  isAutomaticBundle,
} from "#lib/authority/automatic-bundles.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import type { BundleMember } from "#lib/inventory/bundle-members.ts";
import { issuedBelow } from "#lib/inventory/issued-below.ts";
import { getBundle } from "#lib/inventory/trust-bundle-read.ts";

/** Everything that the page of a trust bundle shows. */
export interface BundlePageFacts {
  slug: string;
  name: string;
  description: string;
  members: BundleMember[];
  /** Null for a bundle that keeps itself. */
  own: { id: string; version: number; changedAt: Date } | null;
  /** For which uses it is shown how to load it. */
  purposes: ReadonlySet<"server" | "client">;
  /** End-entity certificates below its members. */
  below: number;
  /** Fingerprint of a member → certificates below it and below no other member. */
  lostWithout: ReadonlyMap<string, number>;
}

/** For more members than this it is not counted what each alone leads to trust. */
const COUNTED_MAX = 20;

/** Reads a bundle by its short name. @throws DomainError `notFound` */
export async function readBundlePage(
  installation: Installation,
  actor: Actor,
  slug: string,
): Promise<BundlePageFacts> {
  const isAutomatic = isAutomaticBundle(slug);
  const made = isAutomatic ? null : await getBundle(installation, actor, slug);
  const facts = isAutomatic ? { slug, ...AUTOMATIC_BUNDLES[slug] } : made;
  const members = isAutomatic ? await automaticBundleMembers(installation, actor, slug) : made?.members;
  const present = members ?? [];
  const subjects = present.map(({ subject }) => subject);
  const below = await issuedBelow(installation, actor, subjects);
  const lost =
    made === null || present.length > COUNTED_MAX
      ? []
      : await Promise.all(
          present.map(
            async ({ sha256, subject }) =>
              [
                sha256,
                await issuedBelow(
                  installation,
                  actor,
                  [subject],
                  present.filter((member) => member.sha256 !== sha256).map((member) => member.subject),
                ),
              ] as const,
          ),
        );
  return {
    slug: facts?.slug ?? slug,
    name: facts?.name ?? slug,
    description: facts?.description ?? "",
    members: present,
    own: made === null ? null : { id: made.id, version: made.version, changedAt: made.changedAt },
    purposes: new Set(
      slug === "clients" ? ["client"] : slug === "servers" ? ["server"] : ["client", "server"],
    ),
    below,
    lostWithout: new Map(lost),
  };
}
