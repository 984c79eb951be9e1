/**
 * Where to go after signing in: a path of ours, or the start page. An address elsewhere would let
 * a crafted link lead a person who has just signed in to somebody else's look-alike.
 */
export function localPath(wanted: unknown): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/")) return "/";
  const base = "http://console.invalid";
  if (!URL.canParse(wanted, base)) return "/";
  const url = new URL(wanted, base);
  return url.origin === base && !/^\/[/\\]/.test(wanted) ? `${url.pathname}${url.search}` : "/";
}
