import { randomFillSync } from "node:crypto";

/**
 * Randomness for things made thousands of times a second: drawn from the system's generator in
 * blocks, because each draw costs some 20 µs whatever its size. Never used for keys.
 */
const pool = new Uint8Array(8192);
let used = pool.length;

/** Fills `bytes` (at most 8 KiB) and returns it; every byte of the pool is given out once. */
export function pooledRandom<T extends Uint8Array>(bytes: T): T {
  if (used + bytes.length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  bytes.set(pool.subarray(used, used + bytes.length));
  pool.fill(0, used, used + bytes.length);
  used += bytes.length;
  return bytes;
}
