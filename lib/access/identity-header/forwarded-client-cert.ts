import { leafOfPem } from "./escaped-pem.ts";
import { type IdentityResult, onlyValue, type RequestHeaders } from "./identity-certificate.ts";
import { percentDecoded } from "./percent-decoding.ts";

/**
 * Envoy's X-Forwarded-Client-Cert: elements by comma, one for each hop; pairs by semicolon; values may be quoted.
 * Only `Cert` is read, which says all the others do. More than one element means that Envoy appended to what came in:
 * which of them it wrote itself cannot be told from here, so it has to be set to SANITIZE_SET.
 */
export function readForwardedClientCert(headers: RequestHeaders): IdentityResult {
  const field = onlyValue(headers, "x-forwarded-client-cert");
  if (typeof field === "string") return field;
  const elements = pairs(field.value);
  if (elements === null) return "unreadable";
  if (elements.length > 1) return "several";
  const certificates = (elements[0] ?? []).filter(([key]) => key.toLowerCase() === "cert");
  if (certificates.length > 1) return "several";
  const encoded = certificates[0]?.[1];
  if (encoded === undefined) return "absent";
  const pem = percentDecoded(encoded);
  return pem === null ? "unreadable" : leafOfPem(pem);
}

type Pair = [key: string, value: string];

const PAIR = /\s*([A-Za-z][A-Za-z0-9-]*)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))\s*([,;]|$)/y;

/** Pairs by element. @returns null when it is none */
function pairs(text: string): Pair[][] | null {
  const elements: Pair[][] = [[]];
  for (let at = 0; at < text.length; ) {
    PAIR.lastIndex = at;
    const [whole, key = "", quoted, bare = "", separator] = PAIR.exec(text) ?? [];
    if (whole === undefined) return null;
    elements.at(-1)?.push([key, quoted?.replace(/\\(.)/g, "$1") ?? bare]);
    at += whole.length;
    if (separator === ",") elements.push([]);
  }
  return elements;
}
