import { createDecipheriv, hash, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { malformed } from "../errors.ts";
import type { DerValue } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { OID } from "./oids.ts";
import { DERIVE, type DerivationHash, derivePkcs12Key } from "./pkcs12-key.ts";
import { tooLarge } from "./too-large.ts";

const deriveAsync = promisify(pbkdf2);

/** One derivation may cost some seconds at worst, and a file is refused before any is made. */
const MAX_ITERATIONS = 2_000_000;

/** A file has a MAC, certificates and a key; more parts must share what these may cost. */
const MAX_TOTAL = 3 * MAX_ITERATIONS;

/** Counts the key derivations that one file asks for. */
export class IterationBudget {
  private readonly field: string;
  private total = 0;

  constructor(field: string) {
    this.field = field;
  }

  /** @throws DomainError tooLarge, malformed for a count of 0 */
  spend(iterations: number): void {
    if (iterations < 1)
      throw malformed(this.field, "pkcs12.iterations", `The ${this.field} has an iteration count of 0.`);
    this.total += iterations;
    if (iterations <= MAX_ITERATIONS && this.total <= MAX_TOTAL) return;
    const detail = `The ${this.field} asks for ${iterations} iterations of its password; at most ${MAX_ITERATIONS} are computed.`;
    throw tooLarge(this.field, "pkcs12.iterations", detail);
  }
}

/** Salts have 8 to 64 octets; each derivation repeats them. */
const SALT_MAX = 1024;

/** The salt of a derivation. @throws DomainError tooLarge beyond 1 KB */
export function saltOf(value: DerValue): Uint8Array {
  const salt = value.octetString("salt");
  if (salt.length <= SALT_MAX) return salt;
  const detail = `The ${value.field} has a salt of ${salt.length} octets; at most ${SALT_MAX} are read.`;
  throw tooLarge(value.field, "pkcs12.salt", detail);
}

type NamedHash = DerivationHash & { name: string };

function named(name: string, digestOctets: number, blockOctets: number): NamedHash {
  return { name, digestOctets, blockOctets, digest: (bytes) => hash(name, bytes, "buffer") };
}

const HASHES: ReadonlyMap<string, NamedHash> = new Map([
  [OID.sha1, named("sha1", 20, 64)],
  [OID.sha256, named("sha256", 32, 64)],
  [OID.sha384, named("sha384", 48, 128)],
  [OID.sha512, named("sha512", 64, 128)],
]);

/** The digest of a MAC, when it is one we read. */
export function digestByOid(oid: string): NamedHash | undefined {
  return HASHES.get(oid);
}

const PRFS: ReadonlyMap<string, string> = new Map([
  [OID.hmacWithSha1, "sha1"],
  [OID.hmacWithSha256, "sha256"],
  [OID.hmacWithSha384, "sha384"],
  [OID.hmacWithSha512, "sha512"],
]);

const CIPHERS: ReadonlyMap<string, { name: string; keyOctets: number }> = new Map([
  [OID.aes128Cbc, { name: "aes-128-cbc", keyOctets: 16 }],
  [OID.aes192Cbc, { name: "aes-192-cbc", keyOctets: 24 }],
  [OID.aes256Cbc, { name: "aes-256-cbc", keyOctets: 32 }],
]);

const PBE_SHA1_3DES = "1.2.840.113549.1.12.1.3";

/**
 * Decrypts octets that a password protects.
 *
 * @param algorithm the AlgorithmIdentifier beside them: PBES2 with AES-CBC, or PKCS#12's own 3DES
 * @returns null when the password does not open them
 * @throws DomainError malformed for other algorithms, tooLarge for too many iterations
 */
export async function decryptContent(
  algorithm: DerValue,
  octets: Uint8Array,
  password: string,
  budget: IterationBudget,
): Promise<Uint8Array | null> {
  const fields = algorithm.fields("encryption algorithm");
  const type = fields.next("algorithm").oid("encryption algorithm");
  const parameters = fields.next("parameters");
  if (type === OID.pbes2) return decryptPbes2(parameters, octets, password, budget);
  if (type === PBE_SHA1_3DES) return decryptTripleDes(parameters, octets, password, budget);
  throw malformed(
    algorithm.field,
    "pkcs12.encryption",
    `The ${algorithm.field} is encrypted with an algorithm that is not read (${type}); export it again with AES-256.`,
  );
}

/** RFC 8018 §6.2 with PBKDF2 and AES-CBC. */
async function decryptPbes2(
  parameters: DerValue,
  octets: Uint8Array,
  password: string,
  budget: IterationBudget,
) {
  const fields = parameters.fields("PBES2 parameters");
  const derivation = fields.next("key derivation").fields("key derivation");
  const scheme = fields.next("cipher").fields("cipher");
  const derivationOid = derivation.next("algorithm").oid("key derivation");
  const cipher = CIPHERS.get(scheme.next("algorithm").oid("cipher"));
  if (derivationOid !== OID.pbkdf2 || cipher === undefined) {
    throw malformed(
      parameters.field,
      "pkcs12.encryption",
      `The ${parameters.field} is encrypted otherwise than with PBKDF2 and AES-CBC.`,
    );
  }
  const values = derivation.next("parameters").fields("PBKDF2 parameters");
  const salt = saltOf(values.next("salt"));
  const iterations = values.next("iteration count").smallInteger("iteration count");
  values.optional(TAG.integer);
  const prfOid =
    values.optional(TAG.sequence)?.fields("PRF").next("algorithm").oid("PRF") ?? OID.hmacWithSha1;
  const prf = PRFS.get(prfOid);
  if (prf === undefined)
    throw malformed(
      parameters.field,
      "pkcs12.encryption",
      `The ${parameters.field} uses an unknown PRF ${prfOid}.`,
    );
  const iv = scheme.next("initial vector").octetString("initial vector");
  if (iv.length !== 16) throw parameters.error("initial vector", "has not 16 octets");
  budget.spend(iterations);
  const key = await deriveAsync(password, salt, iterations, cipher.keyOctets, prf);
  return decipher(cipher.name, key, iv, octets);
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 Appendix C). */
async function decryptTripleDes(
  parameters: DerValue,
  octets: Uint8Array,
  password: string,
  budget: IterationBudget,
) {
  const fields = parameters.fields("encryption parameters");
  const salt = saltOf(fields.next("salt"));
  const iterations = fields.next("iteration count").smallInteger("iteration count");
  budget.spend(iterations);
  const sha1 = HASHES.get(OID.sha1) as NamedHash;
  const key = await derivePkcs12Key(sha1, DERIVE.encryptionKey, password, salt, iterations, 24);
  const iv = await derivePkcs12Key(sha1, DERIVE.initialVector, password, salt, iterations, 8);
  return decipher("des-ede3-cbc", key, iv, octets);
}

function decipher(cipher: string, key: Uint8Array, iv: Uint8Array, octets: Uint8Array): Uint8Array | null {
  try {
    const stream = createDecipheriv(cipher, key, iv);
    return new Uint8Array(Buffer.concat([stream.update(octets), stream.final()]));
  } catch {
    // Wrong padding: the password is wrong, or the octets are damaged.
    return null;
  }
}
