import { DomainError } from "#lib/errors.ts";
import { decodePem } from "#lib/x509/pem.ts";
import { CHAIN_MAX, type IdentityResult, onlyValue, type RequestHeaders } from "./identity-certificate.ts";
import { percentDecoded } from "./percent-decoding.ts";

/**
 * A certificate in PEM, percent-encoded: nginx's `$ssl_client_escaped_cert`. HAProxy and others can be made to send
 * the same.
 *
 * @param name of the header, lower case
 */
export function readEscapedPem(headers: RequestHeaders, name: string): IdentityResult {
  const field = onlyValue(headers, name);
  if (typeof field === "string") return field;
  const text = percentDecoded(field.value);
  return text === null ? "unreadable" : leafOfPem(text);
}

/** The one certificate of a PEM text: a second one would say that the client is two. */
export function leafOfPem(text: string): IdentityResult {
  try {
    const blocks = decodePem(text, { field: "certificate", maxBlocks: CHAIN_MAX });
    if (blocks.some(({ label }) => label !== "CERTIFICATE")) return "unreadable";
    const [only, ...others] = blocks;
    if (only === undefined) return "unreadable";
    return others.length > 0 ? "several" : { leaf: only.der, chain: [] };
  } catch (error) {
    if (error instanceof DomainError) return "unreadable";
    throw error;
  }
}
