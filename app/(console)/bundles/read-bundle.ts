import {
  AUTOMATIC_BUNDLES,
  type AutomaticBundleSlug,
  automaticBundleMembers,
  isAutomaticBundle,
} from "#lib/authority/automatic-bundles.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import type { BundleMember } from "#lib/inventory/bundle-members.ts";
import { issuedCounter } from "#lib/inventory/issued-below.ts";
import { type BundleView, getBundle } from "#lib/inventory/trust-bundle-read.ts";

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

/** Reads a bundle by its short name. @throws DomainError `notFound` */
export async function readBundlePage(
  installation: Installation,
  actor: Actor,
  slug: string,
): Promise<BundlePageFacts> {
  const [bundle, count] = await Promise.all([
    isAutomaticBundle(slug)
      ? automatic(installation, actor, slug)
      : getBundle(installation, actor, slug).then(madeByHand),
    issuedCounter(installation, actor),
  ]);
  const subjects = bundle.members.map(({ subject }) => subject);
  const lost = bundle.members.map(
    ({ sha256, subject }, index) => [sha256, count([subject], subjects.toSpliced(index, 1))] as const,
  );
  return { ...bundle, below: count(subjects), lostWithout: new Map(lost) };
}

type Contents = Omit<BundlePageFacts, "below" | "lostWithout">;

async function automatic(
  installation: Installation,
  actor: Actor,
  slug: AutomaticBundleSlug,
): Promise<Contents> {
  return {
    slug,
    ...AUTOMATIC_BUNDLES[slug],
    members: await automaticBundleMembers(installation, actor, slug),
    own: null,
    purposes: new Set([slug === "clients" ? "client" : "server"]),
  };
}

function madeByHand({ slug, name, description, members, ...own }: BundleView): Contents {
  return { slug, name, description, members, own, purposes: new Set(["client", "server"]) };
}
