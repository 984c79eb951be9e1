import type { DerValue } from "./der-reader.ts";
import { readDer } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "./key-algorithm.ts";
import { OID } from "./oids.ts";

/** What a SubjectPublicKeyInfo holds, judged without importing the key (which costs 80 µs). */
export interface PublicKeyInspection {
  /** Null when it is none of the kinds we issue for; `weakness` then says why. */
  algorithm: KeyAlgorithm | null;
  /** `ECDSA P-256`, `RSA 512`, or the object identifier of an unknown kind. */
  label: string;
  /** Bits of modulus or field; 0 when unknown. */
  bits: number;
  /** Why the key is refused, as the end of a sentence that starts with the label. */
  weakness?: string;
}

/** Curves that others use and we refuse by name. */
const OTHER_CURVES: ReadonlyMap<string, readonly [label: string, bits: number]> = new Map([
  ["1.3.132.0.35", ["ECDSA P-521", 521]],
  ["1.3.132.0.10", ["ECDSA secp256k1", 256]],
  ["1.3.132.0.33", ["ECDSA P-224", 224]],
  ["1.2.840.10045.3.1.1", ["ECDSA P-192", 192]],
  ["1.3.36.3.3.2.8.1.1.7", ["ECDSA brainpoolP256r1", 256]],
  ["1.3.36.3.3.2.8.1.1.11", ["ECDSA brainpoolP384r1", 384]],
] as const);

const OTHER_KEYS: ReadonlyMap<string, string> = new Map([
  ["1.2.840.10040.4.1", "DSA"],
  ["1.3.101.113", "Ed448"],
  ["1.3.101.110", "X25519"],
  ["1.3.101.111", "X448"],
  [OID.rsaPss, "RSA-PSS"],
]);

/** Octets of the fixed-size public keys (RFC 8032, FIPS 204). */
const FIXED: ReadonlyMap<string, readonly [algorithm: KeyAlgorithm, octets: number]> = new Map([
  [OID.ed25519, ["ed25519", 32]],
  [OID.mlDsa44, ["ml-dsa-44", 1312]],
  [OID.mlDsa65, ["ml-dsa-65", 1952]],
  [OID.mlDsa87, ["ml-dsa-87", 2592]],
] as const);

const OFFERED = "use ECDSA P-256 or P-384, Ed25519, RSA 2048, 3072 or 4096, or ML-DSA";

/**
 * The kind and strength of a public key (RFC 5280 §4.1.2.7).
 *
 * @param spki DER of the SubjectPublicKeyInfo
 * @throws DomainError malformed when the structure is broken
 */
export function inspectPublicKey(spki: Uint8Array, field = "publicKey"): PublicKeyInspection {
  return inspectKeyValue(readDer(spki, field));
}

/** The same for an element that has been read already. */
export function inspectKeyValue(spki: DerValue): PublicKeyInspection {
  const fields = spki.fields("public key");
  const algorithm = fields.next("algorithm").fields("key algorithm");
  const oid = algorithm.next("key algorithm").oid("key algorithm");
  const parameters = algorithm.rest()[0];
  const key = fields.next("key").octetsOfBitString("public key");
  fields.end();
  if (oid === OID.ecPublicKey) return inspectEc(parameters, key);
  if (oid === OID.rsaEncryption) return inspectRsa(key, spki.field);
  const fixed = FIXED.get(oid);
  if (fixed !== undefined) {
    const { label, bits } = KEY_ALGORITHMS[fixed[0]];
    if (key.length === fixed[1] && parameters === undefined) return { algorithm: fixed[0], label, bits };
    return {
      algorithm: null,
      label,
      bits,
      weakness: `key has ${key.length} octets where ${fixed[1]} belong, or parameters`,
    };
  }
  const label = OTHER_KEYS.get(oid) ?? `key type ${oid}`;
  return { algorithm: null, label, bits: 0, weakness: `is not offered; ${OFFERED}` };
}

/**
 * The key itself: the BIT STRING's octets without what says its kind. Key identifiers are made of them.
 *
 * @param spki DER of the SubjectPublicKeyInfo
 * @throws DomainError malformed when it is none
 */
export function publicKeyOctets(spki: Uint8Array, field = "publicKey"): Uint8Array {
  const fields = readDer(spki, field).fields("public key");
  fields.next("algorithm");
  return fields.next("key").octetsOfBitString("public key");
}

function inspectEc(parameters: DerValue | undefined, point: Uint8Array): PublicKeyInspection {
  if (parameters === undefined || parameters.tag !== TAG.oid) {
    const weakness = "has explicit curve parameters instead of a named curve (RFC 5480 §2.1.1)";
    return { algorithm: null, label: "EC", bits: 0, weakness };
  }
  const curve = parameters.oid("curve");
  const algorithm = curve === OID.p256 ? "ecdsa-p256" : curve === OID.p384 ? "ecdsa-p384" : null;
  if (algorithm === null) {
    const [label, bits] = OTHER_CURVES.get(curve) ?? [`EC curve ${curve}`, 0];
    return { algorithm, label, bits, weakness: "is an unsupported curve; use P-256 or P-384" };
  }
  const { label, bits } = KEY_ALGORITHMS[algorithm];
  if (point[0] !== 4 || point.length !== 1 + bits / 4) {
    return {
      algorithm: null,
      label,
      bits,
      weakness: "has a point that is not in uncompressed form (RFC 5480 §2.2)",
    };
  }
  return { algorithm, label, bits };
}

function inspectRsa(key: Uint8Array, field: string): PublicKeyInspection {
  const fields = readDer(key, field).fields("RSA key");
  const modulus = unsigned(fields.next("modulus").integer("RSA modulus"));
  const exponent = unsigned(fields.next("public exponent").integer("RSA exponent"));
  fields.end();
  const bits = modulus === null ? 0 : bitLength(modulus);
  const label = `RSA ${bits}`;
  const weakness = rsaWeakness(modulus, exponent, bits);
  if (weakness !== null) return { algorithm: null, label, bits, weakness };
  return { algorithm: `rsa-${bits as 2048 | 3072 | 4096}`, label, bits };
}

function rsaWeakness(modulus: Uint8Array | null, exponent: Uint8Array | null, bits: number): string | null {
  if (modulus === null || exponent === null) return "has a negative modulus or exponent";
  if (bits < 2048) return "is too short: RSA keys need 2048 bits or more";
  if (bits > 4096) return "is longer than 4096 bits, which costs every verifier too much";
  if (bits !== 2048 && bits !== 3072 && bits !== 4096)
    return "is of an unusual size; use 2048, 3072 or 4096 bits";
  if (((modulus[modulus.length - 1] as number) & 1) === 0) return "has an even modulus";
  if (((exponent[exponent.length - 1] as number) & 1) === 0) return "has an even public exponent";
  // NIST SP 800-56B §6.2: 65537 <= e < 2^256.
  if (bitLength(exponent) < 17) return "has a public exponent below 65537";
  if (bitLength(exponent) > 256) return "has a public exponent of more than 256 bits";
  return null;
}

function unsigned(content: Uint8Array): Uint8Array | null {
  if ((content[0] as number) >= 0x80) return null;
  return content[0] === 0 && content.length > 1 ? content.subarray(1) : content;
}

function bitLength(magnitude: Uint8Array): number {
  const first = magnitude[0] as number;
  return first === 0 ? 0 : (magnitude.length - 1) * 8 + (32 - Math.clz32(first));
}
