import { hash } from "node:crypto";

/** SHA-256 of a DER certificate, lower-case hexadecimal: what proxies pin and this product looks up by. */
export function sha256Fingerprint(der: Uint8Array): string {
  return hash("sha256", der, "hex");
}

/** SHA-1 of a DER certificate, lower-case hexadecimal; only because others still print it. */
export function sha1Fingerprint(der: Uint8Array): string {
  return hash("sha1", der, "hex");
}

/** SHA-256 of a DER SubjectPublicKeyInfo, lower-case hexadecimal: it survives a renewal with the same key. */
export function spkiSha256(spki: Uint8Array): string {
  return hash("sha256", spki, "hex");
}
