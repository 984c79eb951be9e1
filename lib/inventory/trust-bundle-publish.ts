import { createHash } from "node:crypto";
import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { bundlePem } from "#lib/inventory/trust-bundle-pem.ts";
import { isReference } from "#lib/reference.ts";

/** A bundle ready to be sent. */
export interface PublishedBundle {
  pem: string;
  /** A strong entity tag (RFC 9110 §8.8.3). */
  etag: string;
  /** When it was changed last; null when that is not known. */
  lastModified: Date | null;
}

/** The bundles that were asked for since Ground.configuration had this value. */
interface Kept {
  configuration: number;
  bundles: Map<string, PublishedBundle>;
}

const kept = new WeakMap<Database, Kept>();

/**
 * A trust bundle that somebody made, as it is now: what is kept in memory is compared with the counter of
 * changes at each call. Public.
 *
 * @param slug its short name
 * @returns null when there is no such bundle
 */
export async function publishedBundle(
  installation: Installation,
  slug: string,
): Promise<PublishedBundle | null> {
  if (!isReference(slug)) return null;
  const { database } = installation;
  // Read before the bundle: a change in between makes the next call read again.
  const ground = await database.read.ground.findUnique({ where: { id: 1 }, select: { configuration: true } });
  const configuration = ground?.configuration ?? 0;
  let present = kept.get(database);
  if (present?.configuration !== configuration) {
    present = { configuration, bundles: new Map() };
    kept.set(database, present);
  }
  const known = present.bundles.get(slug);
  if (known !== undefined) return known;
  const bundle = await readBundle(database, slug);
  // Short names that do not exist are not kept: there is no end of them.
  if (bundle !== null) present.bundles.set(slug, bundle);
  return bundle;
}

/** A bundle of a text. @param lastModified null when it is not known */
export function publishedText(pem: string, lastModified: Date | null): PublishedBundle {
  return { pem, etag: `"${createHash("sha256").update(pem).digest("hex").slice(0, 32)}"`, lastModified };
}

async function readBundle({ read }: Database, slug: string): Promise<PublishedBundle | null> {
  const bundle = await read.trustBundle.findUnique({
    where: { slug },
    select: {
      name: true,
      changedAt: true,
      members: {
        orderBy: { id: "asc" },
        select: { certificate: { select: { displayName: true, notAfter: true, body: true } } },
      },
    },
  });
  if (bundle === null) return null;
  const members = bundle.members.map(({ certificate: { displayName, notAfter, body } }) => ({
    name: displayName,
    notAfter,
    der: body,
  }));
  return publishedText(bundlePem(bundle.name, members), bundle.changedAt);
}
