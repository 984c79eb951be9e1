import { inspectPublicKey } from "#lib/x509/public-key.ts";

/** Security strengths of RSA moduli (NIST SP 800-57 part 1 revision 5, table 2). */
const RSA: readonly (readonly [modulus: number, strength: number])[] = [
  [15_360, 256],
  [7_680, 192],
  [3_072, 128],
  [2_048, 112],
  [1_024, 80],
];

/** Of the parameter sets of ML-DSA, by the category that FIPS 204 claims: 1 and 2 are 128, 3 is 192, 5 is 256. */
const FIXED: Readonly<Record<string, number>> = {
  ed25519: 128,
  "ml-dsa-44": 128,
  "ml-dsa-65": 192,
  "ml-dsa-87": 256,
};

/**
 * The security strength of a public key in bits; 0 for a kind that is not known.
 *
 * @param spki DER of the SubjectPublicKeyInfo
 * @throws DomainError malformed when the structure is broken
 */
export function keyStrength(spki: Uint8Array): number {
  const { algorithm, label, bits } = inspectPublicKey(spki);
  const fixed = algorithm === null ? undefined : FIXED[algorithm];
  if (fixed !== undefined) return fixed;
  if (label.startsWith("RSA")) return RSA.find(([modulus]) => bits >= modulus)?.[1] ?? 0;
  // Half of the bits of the field (same table).
  return label.startsWith("ECDSA") ? Math.floor(bits / 2) : 0;
}
