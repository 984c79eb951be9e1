/**
 * Paths of requests against the prefixes of grants. The proxy, this code and the application may each read the same
 * path another way; what could be read as outside of a prefix does not count as inside.
 */

/** What some programs take for a slash, a dot or a backslash once they have decoded it, once or twice. */
const ENCODED_SEPARATORS = /%(?:25)*(?:2e|2f|5c|00|3b|25)/i;

/** A segment that leads upwards for somebody: also `..;x`, which servlet containers cut at the semicolon. */
const UPWARDS = /(?:^|\/)\.{1,2}(?:;[^/]*)?(?:\/|$)/;

/**
 * The path of a request's target, when everybody reads it alike.
 *
 * @param target path with or without query, or a whole URL
 * @returns null when it could be read in several ways
 */
export function clearPath(target: string): string | null {
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  if (!path.startsWith("/") || path.includes("//") || path.includes("\\")) return null;
  // Only what RFC 3986 §3.3 lets stand in a path; everything else is encoded, or somebody's trick.
  if (!/^[\w/.~!$&'()*+,;=:@%-]*$/.test(path) || ENCODED_SEPARATORS.test(path) || UPWARDS.test(path))
    return null;
  return path;
}

/** Whether a path is the prefix, or below it: `/api` has `/api` and `/api/x`, and not `/apix`. */
export function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return prefix.endsWith("/") || path.length === prefix.length || path[prefix.length] === "/";
}
