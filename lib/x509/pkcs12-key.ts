/** A digest as the key derivation of PKCS#12 sees it. */
export interface DerivationHash {
  digest(bytes: Uint8Array): Uint8Array;
  /** Octets of the digest: u in RFC 7292. */
  digestOctets: number;
  /** Octets of its input block: v in RFC 7292. */
  blockOctets: number;
}

/** What the derived octets are for: the ID octet of RFC 7292 Appendix B.3. */
export const DERIVE = { encryptionKey: 1, initialVector: 2, macKey: 3 } as const;

/** Rounds between two breaths, some 10 ms, so that neither a page nor a server stands still. */
const ROUNDS_PER_TURN = 5_000;

/**
 * The password-based key derivation of PKCS#12 (RFC 7292 Appendix B.2). Its MAC still needs it: the modern
 * PBMAC1 (RFC 9579) is not read by OpenSSL before 3.4.
 *
 * @param purpose one of `DERIVE`
 * @param octets how many to derive
 */
export async function derivePkcs12Key(
  hash: DerivationHash,
  purpose: number,
  password: string,
  salt: Uint8Array,
  iterations: number,
  octets: number,
): Promise<Uint8Array> {
  const { blockOctets, digestOctets } = hash;
  const diversifier = new Uint8Array(blockOctets).fill(purpose);
  const saltBlocks = repeated(salt, blockOctets);
  const passwordBlocks = repeated(bmpPassword(password), blockOctets);
  const input = new Uint8Array(saltBlocks.length + passwordBlocks.length);
  input.set(saltBlocks);
  input.set(passwordBlocks, saltBlocks.length);

  const derived = new Uint8Array(Math.ceil(octets / digestOctets) * digestOctets);
  for (let at = 0; at < octets; at += digestOctets) {
    const first = new Uint8Array(blockOctets + input.length);
    first.set(diversifier);
    first.set(input, blockOctets);
    let block = hash.digest(first);
    for (let round = 1; round < iterations; round++) {
      block = hash.digest(block);
      if (round % ROUNDS_PER_TURN === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    derived.set(block, at);
    addToBlocks(input, repeated(block, blockOctets).subarray(0, blockOctets), blockOctets);
  }
  return derived.slice(0, octets);
}

/** UTF-16, big-endian, with two zero octets at the end (RFC 7292 Appendix B.1). */
function bmpPassword(password: string): Uint8Array {
  const bytes = new Uint8Array(2 * password.length + 2);
  for (let index = 0; index < password.length; index++) {
    bytes[2 * index] = password.charCodeAt(index) >> 8;
    bytes[2 * index + 1] = password.charCodeAt(index) & 255;
  }
  return bytes;
}

/** The bytes over and over, up to whole blocks. */
function repeated(bytes: Uint8Array, blockOctets: number): Uint8Array {
  const size = Math.ceil(bytes.length / blockOctets) * blockOctets;
  return Uint8Array.from({ length: size }, (_, index) => bytes[index % bytes.length] as number);
}

/** Each block I_j becomes (I_j + B + 1) mod 2^v (step 6C). */
function addToBlocks(input: Uint8Array, addend: Uint8Array, blockOctets: number): void {
  for (let start = 0; start < input.length; start += blockOctets) {
    let carry = 1;
    for (let index = blockOctets - 1; index >= 0; index--) {
      carry += (input[start + index] as number) + (addend[index] as number);
      input[start + index] = carry & 255;
      carry >>= 8;
    }
  }
}
