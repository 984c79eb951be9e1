import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";

/** What answers from memory is at most so old. */
const FRESH_MS = 200;

interface Asked {
  /** Milliseconds of the monotonic clock. */
  at: number;
  count: Promise<number>;
  /** What was answered; null while it is not. */
  answered: number | null;
}

const newest = new WeakMap<Database, Asked>();

const changesHere = new WeakMap<Database, number>();

/**
 * The counter that every revocation, hold, release and published CRL raises, asked of the database at most every
 * 200 ms: what answers from memory compares it with the value for which its memory is right.
 */
export function revocationCounter({ database }: Pick<Installation, "database">): Promise<number> {
  const at = performance.now();
  const last = newest.get(database);
  if (last !== undefined && at - last.at < FRESH_MS) return last.count;
  const count = read(database);
  const asked: Asked = { at, count, answered: null };
  newest.set(database, asked);
  count.then(
    (value) => {
      asked.answered = value;
    },
    // A failure is told to whoever asked, and the next one asks again.
    () => {
      if (newest.get(database) === asked) newest.delete(database);
    },
  );
  return count;
}

/** The same without waiting, for whoever answers thousands of times a second; null when it is to be asked for. */
export function knownRevocationCounter({ database }: Pick<Installation, "database">): number | null {
  const last = newest.get(database);
  return last !== undefined && performance.now() - last.at < FRESH_MS ? last.answered : null;
}

/** Has the counter asked again: after a change by this process, which is then seen at once. */
export function forgetRevocationCounter({ database }: Pick<Installation, "database">): void {
  newest.delete(database);
  changesHere.set(database, revocationsHere({ database }) + 1);
}

/**
 * How often this process itself changed what is published. What was looked up before such a change is over, also
 * while the database is too slow to say so.
 */
export function revocationsHere({ database }: Pick<Installation, "database">): number {
  return changesHere.get(database) ?? 0;
}

async function read({ read }: Database): Promise<number> {
  const ground = await read.ground.findUniqueOrThrow({ where: { id: 1 }, select: { revocations: true } });
  return ground.revocations;
}
