import { decodeBase64 } from "#lib/x509/base64.ts";
import { CHAIN_MAX, type IdentityResult, onlyValue, type RequestHeaders } from "./identity-certificate.ts";
import { percentDecoded } from "./percent-decoding.ts";

/**
 * A certificate in base64: Caddy's `{http.request.tls.client.certificate_der_base64}`, HAProxy's
 * `ssl_c_der,base64`, and Traefik's X-Forwarded-Tls-Client-Cert, which is percent-encoded by some of its versions and
 * may have those above the leaf behind commas.
 *
 * @param name of the header, lower case
 */
export function readBase64Der(headers: RequestHeaders, name: string): IdentityResult {
  const field = onlyValue(headers, name);
  if (typeof field === "string") return field;
  const text = field.value.includes("%") ? percentDecoded(field.value) : field.value;
  const parts = text?.split(",", CHAIN_MAX + 2).map((part) => decodeBase64(part.trim())) ?? [];
  const [leaf, ...chain] = parts;
  if (leaf == null || leaf.length === 0 || chain.length > CHAIN_MAX) return "unreadable";
  return { leaf, chain: chain.every((each) => each !== null) ? (chain as Uint8Array[]) : [] };
}
