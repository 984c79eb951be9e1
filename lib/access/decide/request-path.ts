/**
 * Paths of requests against the prefixes of grants. The proxy, this code and the application may each read the same
 * path another way; what could be read as outside of a prefix does not count as inside.
 */

/**
 * Octets that are not to be hidden: what some programs take for a slash, a dot or a backslash once they have decoded
 * it, what ends a path or a segment for some (`#`, `?`, `;`, control characters), `%`, which somebody would
 * decode once more, and what RFC 3986 §2.3 leaves as it is, so that no path has two notations.
 */
const HIDDEN = /%(?:[01][0-9a-f]|2[35def]|3[0-9bf]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef])/i;

/**
 * A segment that leads upwards for somebody: also `..;x`, which servlet containers cut, dots with more in code, and
 * dots behind spaces, which some programs cut. Elsewhere a space is a sign like others.
 */
const UPWARDS = /(?:^|\/)(?:\.{1,2}(?:;[^/]*)?(?:\/|$)|\.+%|(?:%20)+(?:\.|\/|$))/;

/**
 * Signs that become a structural one where text is made plain (NFKC, or the best fit of a code page), or nothing at
 * all, as those do that nobody sees or knows: in front of dots these would hide them.
 */
const BECOMES_STRUCTURE = /[/\\.;?#%]/;
const LOOKS_LIKE_STRUCTURE = /[\u2044\u2215\u2216\u29f5\u29f8\u29f9\u3002\uff61]/;
const VANISHES = /[\p{C}\p{Z}]/u;

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
  if (!/^(?:[\w/.~!$&'()*+,;=:@-]|%[0-9a-f]{2})*$/i.test(path) || UPWARDS.test(path)) return null;
  return !path.includes("%") || (!HIDDEN.test(path) && isPlainText(path)) ? path : null;
}

/** Whether what is encoded is UTF-8, in its shortest form, of signs that stand for themselves. */
function isPlainText(path: string): boolean {
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    return false;
  }
  // What is ASCII was encoded as ASCII, and looked at there.
  const foreign = text.replace(/[\0-\x7f]/g, "");
  return (
    !BECOMES_STRUCTURE.test(foreign.normalize("NFKC")) &&
    !LOOKS_LIKE_STRUCTURE.test(foreign) &&
    !VANISHES.test(foreign)
  );
}

/** Whether a path is the prefix, or below it: `/api` has `/api` and `/api/x`, and not `/apix`. */
export function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return prefix.endsWith("/") || path.length === prefix.length || path[prefix.length] === "/";
}
