import { pooledRandom } from "#lib/random-pool.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Where the count of a millisecond may begin: half of what its four characters hold is left for counting. */
const COUNT_START = 0x7ffff;

/** The last id's. */
let millisecond = 0;
let count = 0;

/**
 * A new id: 26 characters (ULID layout in lower case), sortable by the time of making, also among those that this
 * process makes within one millisecond. So new rows are appended to their index instead of scattered over it, and what
 * arrives at once, as the lines of a log do, is read back in its order.
 */
export function newId(): string {
  const now = Date.now();
  const [a = 0, b = 0, c = 0, ...rest] = pooledRandom(new Uint8Array(15));
  if (now === millisecond) count++;
  else {
    millisecond = now;
    count = ((a << 16) | (b << 8) | c) & COUNT_START;
  }
  let random = "";
  for (const byte of rest) random += ALPHABET.charAt(byte % 32);
  return idsFrom(now) + digits(count, 4) + random;
}

/** What ids begin with that are made at a time: those of before sort before it. @param at in milliseconds since 1970 */
export function idsFrom(at: number): string {
  return digits(at, 10);
}

function digits(number: number, length: number): string {
  let text = "";
  for (let rest = number; text.length < length; rest = Math.floor(rest / 32)) {
    text = ALPHABET.charAt(rest % 32) + text;
  }
  return text;
}
