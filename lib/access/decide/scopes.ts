import type { GrantTerms, Snapshot } from "./snapshot.ts";

/** A proxy has 4 KB for all headers of an answer, nginx for one. */
const LENGTH_MAX = 1_000;

const EVERYTHING = "all";

/** Stands at the end when there are more scopes than a header holds. */
const MORE = "more";

/** Grants that are alike share their terms, in one snapshot and in the next. */
const written = new WeakMap<GrantTerms, readonly string[]>();

/**
 * What a client may do at a service now, for the application behind it: `all`, or scopes with a blank between each
 * two. A scope is the methods, with commas between them, then a colon, then a path with all that is below it, as the
 * grant has it; `*` stands for every method or every path: `GET,POST:/api *:/v2 GET:*`. Paths that do not fit into
 * 1,000 characters are left out, and `more` stands behind the others.
 *
 * @param client index of the client in the snapshot
 * @param slug of the service
 * @param now milliseconds since 1970
 * @returns null when nothing is granted
 */
export function scopesOf(snapshot: Snapshot, client: number, slug: string, now: number): string | null {
  const service = snapshot.service(slug);
  if (service === null) return null;
  const present: GrantTerms[] = [];
  for (const terms of snapshot.grants(client, service.index)) {
    if (now < terms.startsAt || now >= terms.endsAt) continue;
    if (terms.paths.length === 0 && terms.methods.length === 0) return EVERYTHING;
    present.push(terms);
  }
  const [first] = present;
  if (first === undefined) return null;
  return fitting(present.length === 1 ? scopesOfTerms(first) : [...new Set(present.flatMap(scopesOfTerms))]);
}

function scopesOfTerms(terms: GrantTerms): readonly string[] {
  const known = written.get(terms);
  if (known !== undefined) return known;
  const methods = terms.methods.length === 0 ? "*" : terms.methods.join(",");
  const paths = terms.paths.length === 0 ? ["*"] : terms.paths.map(visible);
  const scopes = paths.map((path) => `${methods}:${path}`);
  written.set(terms, scopes);
  return scopes;
}

/** A header holds no blanks and no line ends that could be taken for what stands between two scopes. */
const visible = (path: string) => path.toWellFormed().replaceAll(/[^!-~]/gu, encodeURIComponent);

function fitting(scopes: readonly string[]): string {
  let text = "";
  for (const [index, scope] of scopes.entries()) {
    const longer = index === 0 ? scope : `${text} ${scope}`;
    const room = index === scopes.length - 1 ? LENGTH_MAX : LENGTH_MAX - MORE.length - 1;
    if (longer.length > room) return text === "" ? MORE : `${text} ${MORE}`;
    text = longer;
  }
  return text;
}
