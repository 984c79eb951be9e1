/**
 * Whether the caller has this state already, so that 304 is the answer (RFC 9110 §13.2.2): the entity tag decides
 * where one is sent, else the time. Only the very time counts, as §13.1.3 recommends to callers: after a clock was
 * set back, a newer state has an earlier one.
 *
 * @param header the value of a request header by its name
 * @param state its strong entity tag, and when it last changed if that is known
 */
export function isUnchanged(
  header: (name: string) => string | undefined,
  state: { etag: string; lastModified: Date | null },
): boolean {
  const tags = header("if-none-match");
  if (tags !== undefined) {
    return tags.split(",").some((tag) => {
      const asked = tag.trim();
      return asked === "*" || asked.replace(/^W\//, "") === state.etag;
    });
  }
  const since = Date.parse(header("if-modified-since") ?? "");
  if (Number.isNaN(since) || state.lastModified === null) return false;
  return Math.floor(state.lastModified.getTime() / 1000) * 1000 === since;
}
