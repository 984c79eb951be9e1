/**
 * Patterns for names in certificate profiles. `*` stands for one label of a DNS name or one segment of a
 * URI path, `**` for one or more of them; everything else stands for itself, without regard to case.
 */

/**
 * Whether a name fits a pattern.
 *
 * @param pattern at most two `**`, so that matching stays linear in practice
 * @param name as it would stand in the certificate
 * @param separator between labels or segments
 */
export function fitsPattern(pattern: string, name: string, separator: "." | "/"): boolean {
  const one = separator === "." ? "[^.]+" : "[^/]+";
  const expression = pattern
    .toLowerCase()
    .split("**")
    .map((part) =>
      part
        .split("*")
        .map((literal) => literal.replace(/[.+?^${}()|[\]\\/]/g, "\\$&"))
        .join(one),
    )
    .join(".+");
  return new RegExp(`^${expression}$`, "s").test(name.toLowerCase());
}
