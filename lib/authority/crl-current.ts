import { type CrlBytes, readCrlBytes } from "#lib/authority/crl-bytes.ts";
import { revocationCounter } from "#lib/authority/revocation-counter.ts";
import { type Database, isDatabaseAway } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { isReference } from "#lib/reference.ts";

/** The CRL of an authority that is in force. */
export interface CurrentCrl extends CrlBytes {
  id: string;
  authorityName: string;
  number: bigint;
  /** A strong entity tag (RFC 9110 §8.8.3) of the DER. */
  etag: string;
  /** When it was made. */
  lastModified: Date;
  thisUpdate: Date;
  nextUpdate: Date;
}

interface Kept {
  /** The value of Ground.revocations for which it was looked up. */
  counter: number;
  crl: Promise<CurrentCrl | null>;
}

const kept = new WeakMap<Database, Map<string, Kept>>();

/**
 * The CRL of an authority as it is now: kept in memory, and read again when a counter says that something changed,
 * which is asked at most every 200 ms. While it cannot be read, what is in memory goes on being served. Whoever serves
 * it looks at nextUpdate. Public: relying parties fetch it without a token.
 *
 * @param slug short name of the authority
 * @returns null when none was published yet
 * @throws DomainError `notFound`
 */
export async function currentCrl(installation: Installation, slug: string): Promise<CurrentCrl | null> {
  const { database } = installation;
  const lists = kept.get(database) ?? new Map<string, Kept>();
  kept.set(database, lists);
  const known = lists.get(slug);
  const counter = await revocationCounter(installation).catch((error: unknown) => {
    if (known === undefined || !isDatabaseAway(error)) throw error;
    return known.counter;
  });
  const present = lists.get(slug);
  if (present?.counter === counter) return present.crl;
  const next: Kept = { counter, crl: refreshed(database, slug, present) };
  lists.set(slug, next);
  try {
    return await next.crl;
  } catch (error) {
    // Names that do not exist are not kept, there is no end of them; what failed is tried again.
    const isGone = present === undefined || (error instanceof DomainError && error.code === "notFound");
    if (lists.get(slug) === next) isGone ? lists.delete(slug) : lists.set(slug, present);
    if (isGone) throw error;
    log("authority").error(
      { err: error, authority: slug },
      "the newest CRL could not be read; the one before is served",
    );
    return present.crl;
  }
}

/** A list that is replaced while it is read is read again, as the next one. */
const ATTEMPTS = 3;

async function refreshed(
  database: Database,
  slug: string,
  known: Kept | undefined,
): Promise<CurrentCrl | null> {
  const before = await known?.crl.catch(() => null);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const present = await presentRow(database, slug);
    if (present === null) return null;
    if (before?.id === present.id) return before;
    const bytes = await readCrlBytes(database, present);
    if (bytes !== null) return { ...bytes, ...factsOf(present) };
  }
  throw new DomainError("unavailable", `The CRL of ${slug} could not be read whole; try again in a moment.`);
}

interface PresentRow {
  id: string;
  authorityName: string;
  number: bigint;
  thisUpdate: Date;
  nextUpdate: Date;
  size: number;
  sha256: string;
  createdAt: Date;
}

async function presentRow({ read }: Database, slug: string): Promise<PresentRow | null> {
  const authority = isReference(slug)
    ? await read.authority.findUnique({
        where: { slug },
        select: { name: true, publication: { select: { number: true, crl: true } } },
      })
    : null;
  if (authority === null) throw new DomainError("notFound", "There is no authority with this name.");
  const { number = 0n, crl = null } = authority.publication ?? {};
  // Ours always have a nextUpdate (RFC 5280 §5.1.2.5).
  if (crl?.nextUpdate == null) return null;
  return { ...crl, nextUpdate: crl.nextUpdate, number, authorityName: authority.name };
}

function factsOf({ id, authorityName, number, thisUpdate, nextUpdate, sha256, createdAt }: PresentRow) {
  const etag = `"${sha256.slice(0, 32)}"`;
  return { id, authorityName, number, thisUpdate, nextUpdate, etag, lastModified: createdAt };
}
