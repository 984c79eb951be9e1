import { pooledRandom } from "#lib/random-pool.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A new id: 26 characters, sortable by the time of making (ULID layout in lower case), so that
 * new rows are appended to their index instead of scattered over it.
 */
export function newId(): string {
  let random = "";
  for (const byte of pooledRandom(new Uint8Array(16))) random += ALPHABET.charAt(byte % 32);
  return idsFrom(Date.now()) + random;
}

/** What ids begin with that are made at a time: those of before sort before it. @param at in milliseconds since 1970 */
export function idsFrom(at: number): string {
  let time = "";
  for (let rest = at, digit = 0; digit < 10; digit++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time;
}
