import { createPrivateKey, type KeyObject } from "node:crypto";
import { malformed } from "../errors.ts";
import { readDer } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { OID } from "./oids.ts";
import { decodePem, encodePem, looksLikePem } from "./pem.ts";
import { tooLarge } from "./too-large.ts";

/** Iterations of a password-based key that somebody may make us compute: some seconds at worst. */
const MAX_ITERATIONS = 2_000_000;

const MAX_BYTES = 64 * 1024;

/**
 * Reads a private key: PKCS#8 (also encrypted), SEC 1 or PKCS#1, in PEM or, for PKCS#8, in DER.
 *
 * @param input the key alone, nothing round it
 * @param password for an encrypted key
 * @param field the input field that errors name
 * @throws DomainError malformed (field `password` when that is what is wrong) or tooLarge; never with key
 *   material in it
 */
export function readPrivateKey(
  input: string | Uint8Array,
  password?: string,
  field = "privateKey",
): KeyObject {
  if (input.length > MAX_BYTES)
    throw tooLarge(field, "key.size", `The ${field} is larger than ${MAX_BYTES} bytes.`);
  if (typeof input !== "string" && !looksLikePem(input)) return importKey(input, "pkcs8", undefined, field);
  const text = typeof input === "string" ? input : new TextDecoder("latin1").decode(input);
  if (text.includes("Proc-Type: 4,ENCRYPTED")) {
    throw malformed(
      field,
      "key.legacy-encryption",
      `The ${field} is encrypted in OpenSSL's old form; convert it with openssl pkcs8 -topk8.`,
    );
  }
  const blocks = decodePem(text, { field, maxBlocks: 2 }).filter(({ label }) => label !== "EC PARAMETERS");
  const [block] = blocks;
  if (block === undefined || blocks.length > 1) {
    throw malformed(field, "key.count", `The ${field} must be exactly one PEM block.`);
  }
  switch (block.label) {
    case "PRIVATE KEY":
      return importKey(block.der, "pkcs8", undefined, field);
    case "EC PRIVATE KEY":
      return importKey(block.der, "sec1", undefined, field);
    case "RSA PRIVATE KEY":
      return importKey(block.der, "pkcs1", undefined, field);
    case "ENCRYPTED PRIVATE KEY":
      if (!password)
        throw malformed(
          "password",
          "key.password-missing",
          "The private key is encrypted: its password is needed.",
        );
      checkIterations(block.der, field);
      return importKey(block.der, "pkcs8", password, field);
    default:
      throw malformed(
        field,
        "rfc7468.10",
        `The ${field} is a PEM block ${block.label} where PRIVATE KEY belongs.`,
      );
  }
}

function importKey(
  der: Uint8Array,
  type: "pkcs8" | "sec1" | "pkcs1",
  password: string | undefined,
  field: string,
): KeyObject {
  // OpenSSL's own messages may quote its input, so they stay in `cause`.
  try {
    return createPrivateKey({ key: Buffer.from(der), format: "der", type, passphrase: password });
  } catch (cause) {
    if (password !== undefined) {
      throw malformed(
        "password",
        "key.password",
        "The password does not open the private key, or the key is damaged.",
        cause,
      );
    }
    throw malformed(field, "rfc5958", `The ${field} is not a private key of a kind we know.`, cause);
  }
}

/** PBES2 with PBKDF2 is read far enough to see its iteration count (RFC 8018 §A.2). */
function checkIterations(der: Uint8Array, field: string): void {
  const scheme = readDer(der, field).children[0];
  const derivation = scheme?.children[1]?.children[0];
  const name = derivation?.children[0];
  if (derivation === undefined || name?.tag !== TAG.oid || name.oid("key derivation") !== OID.pbkdf2) {
    throw malformed(field, "rfc8018.a.4", `The ${field} is encrypted otherwise than with PBES2 and PBKDF2.`);
  }
  const iterations = derivation.children[1]?.children[1];
  if (iterations === undefined || iterations.smallInteger("iteration count") > MAX_ITERATIONS) {
    throw tooLarge(
      field,
      "rfc8018.iterations",
      `The ${field} asks for more than ${MAX_ITERATIONS} iterations of its password.`,
    );
  }
}

/** DER of the PKCS#8 PrivateKeyInfo, not encrypted. */
export function encodePkcs8(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: "der", type: "pkcs8" }));
}

/** PEM of the PKCS#8 PrivateKeyInfo, not encrypted. */
export function encodePrivateKeyPem(key: KeyObject): string {
  return encodePem("PRIVATE KEY", encodePkcs8(key));
}
