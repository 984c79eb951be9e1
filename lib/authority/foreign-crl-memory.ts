import { readCrlBytes } from "#lib/authority/crl-bytes.ts";
import { BoundedMemory } from "#lib/bounded-memory.ts";
import type { Database } from "#lib/database.ts";

/** Four lists of the largest size: whoever asks needs no token. */
const BYTES_MAX = 256 * 1024 * 1024;

interface KeptList {
  crlId: string;
  size: number;
  /** Also while it is read: all who ask meanwhile wait for one reading. */
  der: Promise<Uint8Array | null>;
}

/** Lists that were asked for, by the id of their source: a new one takes the place of the one before. */
const kept = new WeakMap<Database, BoundedMemory<KeptList>>();

/**
 * The DER of the current CRL of a source, from memory or the database.
 *
 * @param crl its row, whose bytes never change
 * @returns null when it is not there whole: it was replaced meanwhile
 */
export async function foreignCrlDer(
  database: Database,
  sourceId: string,
  crl: { id: string; size: number; sha256: string },
): Promise<Uint8Array | null> {
  const lists = kept.get(database) ?? new BoundedMemory<KeptList>(BYTES_MAX);
  kept.set(database, lists);
  const known = lists.get(sourceId);
  if (known?.crlId === crl.id) return known.der;
  const reading = readCrlBytes(database, crl).then((bytes) => bytes?.der ?? null);
  const list = { crlId: crl.id, size: crl.size, der: reading };
  lists.set(sourceId, list);
  // What could not be read is tried again.
  const der = await reading.catch(() => null);
  if (der === null && lists.get(sourceId) === list) lists.delete(sourceId);
  return reading;
}
