/**
 * Reads the path of a request as it came: what routes and proxies call normalising would alter base64, in which
 * `/` and even `//` mean something (RFC 6960 appendix A.1).
 */

/** The largest request in base64 whose every character is percent-encoded. */
const TEXT_MAX = 3 * 11_000;

/**
 * What follows /ocsp in the target of a request, without its query.
 *
 * @param target as it stands in the request line
 * @returns null when the target is none of ours
 */
export function afterOcsp(target: string): string | null {
  // RFC 9112 §3.2.2: some send the whole URL.
  const path = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/]*/i, "");
  if (!path.startsWith("/ocsp")) return null;
  const query = path.indexOf("?");
  const rest = path.slice("/ocsp".length, query === -1 ? undefined : query);
  return rest === "" || rest.startsWith("/") ? rest : null;
}

/**
 * The request in a path: base64, percent-encoded or not, with or without padding, also by the alphabet that is safe
 * in URLs (RFC 4648 §5).
 *
 * @param rest what `afterOcsp` returned
 * @returns null when it is no base64
 */
export function requestInPath(rest: string): Buffer | null {
  if (rest.length > TEXT_MAX) return null;
  // DER begins with 0x30, so base64 with M: slashes before it come from joining URLs.
  const text = rest
    .replace(/^\/+/, "")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    // Who takes a path for a form has made a space of each plus.
    .replaceAll(" ", "+")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  return Buffer.from(text, "base64");
}
