import { z } from "zod";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * When each published CRL was fetched last, by anybody: a list that nobody fetches is checked by nobody. Kept in
 * memory and written now and then into one row that all instances share.
 */

const KEY = "crl-fetches";

/** How often an instance writes while lists are fetched. */
const NOTE_EVERY_MS = 10_000;

/** Name of the file ("clients.crl") → milliseconds since 1970. */
const storedSchema = z.record(z.string(), z.number());

/** With what we look at our own lists: that is no fetch by anybody. */
export const CHECKING_AGENT = "Countersign (as a verifier)";

const unwritten = new WeakMap<Database, Map<string, number>>();

/**
 * Notes that a list was handed out.
 *
 * @param file its name in the address: one that exists, so that there are never more than lists
 * @param agent who asked, as its User-Agent says
 */
export function noteCrlFetch({ database, clock }: Installation, file: string, agent = ""): void {
  if (agent === CHECKING_AGENT) return;
  let fetches = unwritten.get(database);
  if (fetches === undefined) {
    fetches = new Map();
    unwritten.set(database, fetches);
  }
  fetches.set(file, clock.now().getTime());
}

/**
 * Writes what was noted, every ten seconds at most and only when there is something.
 *
 * @returns a function for the loop that looks after CRLs
 */
export function crlFetchKeeper({ database }: Installation): () => Promise<void> {
  let writtenAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const fetches = unwritten.get(database);
    if (fetches === undefined || performance.now() - writtenAt < NOTE_EVERY_MS) return;
    writtenAt = performance.now();
    unwritten.delete(database);
    await database.write(async (transaction) => {
      const row = await transaction.setting.findUnique({ where: { key: KEY } });
      const stored = storedOf(row?.value);
      // Another instance may have handed it out later.
      for (const [file, at] of fetches) stored[file] = Math.max(at, stored[file] ?? 0);
      const value = JSON.stringify(stored);
      await transaction.setting.upsert({
        where: { key: KEY },
        create: { key: KEY, value },
        update: { value },
      });
    });
  };
}

/**
 * When each list was fetched last, at most ten seconds old.
 *
 * @returns by the name of the file in its address: "clients.crl"
 * @throws DomainError `forbidden`
 */
export async function crlFetches({ database }: Installation, actor: Actor): Promise<Map<string, Date>> {
  authorize(actor, "authority:read");
  const row = await database.read.setting.findUnique({ where: { key: KEY } });
  return new Map(Object.entries(storedOf(row?.value)).map(([file, at]) => [file, new Date(at)]));
}

function storedOf(value: string | undefined): Record<string, number> {
  return value === undefined ? {} : storedSchema.parse(JSON.parse(value));
}
