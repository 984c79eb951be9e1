import type { PresentedName } from "./request.ts";
import type { NamePattern } from "./snapshot.ts";

/**
 * Where name credentials are found: every pattern has one place, and a presented name as many as there are patterns
 * that could stand for it. So a certificate is looked up among any number of patterns in a few steps.
 */

/** The place of a pattern. */
export function placeOfPattern({ type, value, authority }: NamePattern): string {
  return `${authority}\n${type}\n${value}`;
}

/** A URI with more parts than this is not looked for below them: no identity is so deep. */
const PARTS_MAX = 32;

/** The places of all patterns that a name satisfies under an authority, the most exact first. */
export function placesOfName(name: PresentedName, authority: string): string[] {
  return patternsOfName(name).map((value) => placeOfPattern({ type: name.type, value, authority }));
}

/** The patterns that a name satisfies, the most exact first. */
export function patternsOfName({ type, value }: PresentedName): string[] {
  const patterns = [value];
  if (type === "dns") {
    // RFC 9525 §6.3: a wildcard is one whole label, the leftmost.
    const dot = value.indexOf(".");
    if (dot > 0 && value[0] !== "*") patterns.push(`*${value.slice(dot)}`);
  }
  if (type === "uri" && !isUnclear(value)) {
    const root = value.indexOf("//");
    let slash = value.lastIndexOf("/");
    for (let parts = 0; slash > root + 1 && parts < PARTS_MAX; parts++) {
      if (slash < value.length - 1) patterns.push(`${value.slice(0, slash)}/*`);
      slash = value.lastIndexOf("/", slash - 1);
    }
  }
  return patterns;
}

/** Below a prefix there must be nothing that leads out of it, or ends the path. */
const isUnclear = (uri: string) => /[?#%\\\s*]|\/\.{0,2}(?:\/|$)/.test(uri.slice(uri.indexOf("//") + 2));
