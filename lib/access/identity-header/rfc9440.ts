import { decodeBase64 } from "#lib/x509/base64.ts";
import { CHAIN_MAX, type IdentityResult, onlyValue, type RequestHeaders } from "./identity-certificate.ts";

/**
 * Client-Cert and Client-Cert-Chain (RFC 9440 §2): a structured field of one byte sequence (RFC 9651 §3.3.5), and a
 * list of such. A chain that cannot be read is as if there were none: it only helps to find issuers.
 */
export function readClientCert(headers: RequestHeaders): IdentityResult {
  const field = onlyValue(headers, "client-cert");
  if (typeof field === "string") return field;
  // Node joins fields that came twice, if its caller did not split them, as RFC 9110 §5.3 has it.
  if (field.value.includes(",")) return "several";
  const leaf = byteSequence(field.value);
  if (leaf === null) return "unreadable";
  const above = onlyValue(headers, "client-cert-chain");
  const chain = typeof above === "string" ? [] : above.value.split(",", CHAIN_MAX + 1).map(byteSequence);
  const isWhole = chain.length <= CHAIN_MAX && chain.every((each) => each !== null);
  return { leaf, chain: isWhole ? (chain as Uint8Array[]) : [] };
}

/** Parameters after it mean nothing here (RFC 9440 §2.1 defines none). */
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]*={0,2}):\s*(?:;[^:,]*)?$/;

function byteSequence(text: string): Uint8Array | null {
  const base64 = BYTE_SEQUENCE.exec(text.trim())?.[1];
  return base64 === undefined || base64 === "" ? null : decodeBase64(base64);
}
