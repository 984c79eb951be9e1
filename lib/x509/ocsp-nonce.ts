import { malformed } from "../errors.ts";
import { readDer } from "./der-reader.ts";

/** RFC 9654 §2.1: longer ones may serve an attacker who looks for collisions. */
const NONCE_OCTETS_MAX = 128;

/**
 * The nonce in the value of its extension: an OCTET STRING of 1 to 128 octets (RFC 9654 §2.1).
 *
 * @param field the input field that errors name
 * @throws DomainError malformed
 */
export function readNonce(value: Uint8Array, field: string): Uint8Array {
  const nonce = readDer(value, field).octetString("nonce");
  if (nonce.length === 0 || nonce.length > NONCE_OCTETS_MAX) {
    throw malformed(field, "rfc9654.2.1", `The nonce has ${nonce.length} octets; 1 to 128 are allowed.`);
  }
  return nonce;
}
