import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/**
 * The only way to sign with an authority's key. Callers never see the key, so that it may live in
 * this process today and behind PKCS#11 or a cloud service later.
 */
export interface Signer {
  readonly algorithm: KeyAlgorithm;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /**
   * Signs to-be-signed bytes with the algorithm that belongs to the key.
   *
   * @returns the signature as it stands in a certificate's BIT STRING (RFC 5280 §4.1.1.3)
   */
  sign(toBeSigned: Uint8Array): Uint8Array | Promise<Uint8Array>;
}
