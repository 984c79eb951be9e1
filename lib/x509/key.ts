import {
  constants,
  createPublicKey,
  generateKeyPair as generate,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { promisify } from "node:util";
import { malformed } from "../errors.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "./key-algorithm.ts";
import { type SignatureAlgorithm, signatureAlgorithmFor } from "./signature-algorithm.ts";

const generateAsync = promisify(generate) as unknown as (
  type: string,
  options: object,
) => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>;

/** A new key pair; made on the thread pool, as RSA takes up to seconds. */
export async function generateKeyPair(
  algorithm: KeyAlgorithm,
): Promise<{ privateKey: KeyObject; spki: Uint8Array }> {
  const { family, bits } = KEY_ALGORITHMS[algorithm];
  const { privateKey, publicKey } =
    family === "ec"
      ? await generateAsync("ec", { namedCurve: `P-${bits}` })
      : family === "rsa"
        ? await generateAsync("rsa", { modulusLength: bits, publicExponent: 65537 })
        : await generateAsync(algorithm, {});
  return { privateKey, spki: spkiOf(publicKey) };
}

/** DER of the SubjectPublicKeyInfo that belongs to a private (or public) key. */
export function publicKeyOf(key: KeyObject): Uint8Array {
  return spkiOf(key.type === "private" ? createPublicKey(key) : key);
}

function spkiOf(publicKey: KeyObject): Uint8Array {
  return new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
}

/**
 * The signature over to-be-signed bytes, on the calling thread (a P-256 signature takes 45 µs; RSA 4096
 * takes milliseconds and belongs in a worker).
 */
export function signTbs(tbs: Uint8Array, privateKey: KeyObject, algorithm: KeyAlgorithm): Uint8Array {
  return sign(signatureAlgorithmFor(algorithm).digest, tbs, privateKey);
}

/**
 * Whether a signature over `data` is by the owner of the public key.
 *
 * @param spki DER of the signer's SubjectPublicKeyInfo
 * @throws DomainError malformed naming `field` when the key cannot be used at all
 */
export function verifySignature(
  algorithm: SignatureAlgorithm,
  spki: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
  field = "publicKey",
): boolean {
  const key = importPublicKey(spki, field);
  if (!schemeFits(algorithm, key)) return false;
  try {
    return verify(algorithm.digest, data, verifyingKey(algorithm, key), signature);
  } catch {
    // OpenSSL throws for keys that cannot have made any such signature, e.g. too short for the digest.
    return false;
  }
}

/**
 * The same on the thread pool: hashing tens of megabytes takes a tenth of a second.
 *
 * @throws DomainError malformed naming `field` when the key cannot be used at all
 */
export async function verifySignatureOnPool(
  algorithm: SignatureAlgorithm,
  spki: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
  field = "publicKey",
): Promise<boolean> {
  const key = importPublicKey(spki, field);
  if (!schemeFits(algorithm, key)) return false;
  return new Promise((resolve) => {
    try {
      verify(algorithm.digest, data, verifyingKey(algorithm, key), signature, (error, holds) =>
        resolve(error === null && holds),
      );
    } catch {
      resolve(false); // as above
    }
  });
}

function verifyingKey({ scheme, saltLength }: SignatureAlgorithm, key: KeyObject) {
  return scheme === "rsa-pss" ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } : key;
}

function importPublicKey(spki: Uint8Array, field: string): KeyObject {
  try {
    return createPublicKey({
      key: Buffer.from(spki.buffer, spki.byteOffset, spki.length),
      format: "der",
      type: "spki",
    });
  } catch (cause) {
    throw malformed(field, "rfc5280.4.1.2.7", "The public key is not a valid key of its kind.", cause);
  }
}

function schemeFits({ scheme, label }: SignatureAlgorithm, key: KeyObject): boolean {
  const type: string | undefined = key.asymmetricKeyType;
  if (scheme === "ecdsa") return type === "ec";
  if (scheme === "rsa") return type === "rsa";
  if (scheme === "rsa-pss") return type === "rsa" || type === "rsa-pss";
  return type === label.toLowerCase();
}
