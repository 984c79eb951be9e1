/** What somebody put into the search field: words as they are, or a certificate to look for. */
export type SearchInput =
  | { kind: "text"; text: string }
  | { kind: "certificate"; der: Uint8Array<ArrayBuffer> }
  | { kind: "refused"; reason: string };

/** More than the largest certificate with its comments; what is longer was pasted by mistake. */
const PASTE_MAX = 1_000_000;

const BEGIN = /-----BEGIN ([A-Z0-9 ]{1,40})-----/;

/**
 * Tells a pasted PEM block from words. A field of one line has lost its line breaks by then, which base64 does
 * not need. Whatever is no certificate stays in the browser: it may be a private key.
 */
export function readSearchInput(input: string): SearchInput {
  const begin = BEGIN.exec(input.slice(0, PASTE_MAX));
  if (begin === null) return { kind: "text", text: input.replaceAll(/\s+/g, " ").trim() };
  const [line, label = ""] = begin;
  if (label.includes("PRIVATE KEY")) {
    return {
      kind: "refused",
      reason: "That is a private key. It was not sent anywhere; clear the clipboard.",
    };
  }
  if (label !== "CERTIFICATE" && label !== "X509 CERTIFICATE" && label !== "TRUSTED CERTIFICATE") {
    return { kind: "refused", reason: `That is a ${label.toLowerCase()} and no certificate.` };
  }
  const start = begin.index + line.length;
  const end = input.indexOf("-----END", start);
  const der = end < 0 ? null : bytesOf(input.slice(start, end));
  return der === null
    ? { kind: "refused", reason: "That certificate is not whole: paste it from BEGIN to END." }
    : { kind: "certificate", der };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    const text = atob(base64.replaceAll(/\s+/g, ""));
    return text === "" ? null : Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** SHA-256 of a certificate as the list is asked for it: the certificate itself is too long for an address. */
export async function fingerprintOf(der: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", der));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
