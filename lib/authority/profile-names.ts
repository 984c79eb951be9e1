import { ipInRange } from "#lib/authority/ip-range.ts";
import { fitsPattern } from "#lib/authority/name-pattern.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";

/**
 * What a profile says about one well-formed name. Pure and without Node: the issuance and the form in the
 * browser ask the same function, so that they cannot disagree.
 *
 * @param names the profile's rules on names
 * @param profile its name, for the sentence
 * @returns a sentence why it is refused, or null when it fits
 */
export function nameRefusal(name: GeneralName, names: ProfileRules["names"], profile: string): string | null {
  switch (name.type) {
    case "dns": {
      const { allowed, patterns, wildcards } = names.dns;
      if (!allowed) return `The profile ${profile} allows no DNS names, so not ${name.value}.`;
      if (name.value.startsWith("*.") && !wildcards) {
        return `The profile ${profile} forbids wildcards, so ${name.value} is refused.`;
      }
      return outsidePatterns(patterns, name.value.replace(/^\*\./, "wildcard."), name.value, ".", profile);
    }
    case "ip": {
      const { allowed, ranges } = names.ip;
      if (!allowed) return `The profile ${profile} allows no IP addresses, so not ${name.value}.`;
      if (ranges.length > 0 && !ranges.some((range) => ipInRange(name.value, range))) {
        return `The address ${name.value} is in none of the ranges of the profile ${profile}: ${ranges.join(", ")}.`;
      }
      return null;
    }
    case "uri":
      if (!names.uri.allowed) return `The profile ${profile} allows no URIs, so not ${name.value}.`;
      return outsidePatterns(names.uri.patterns, name.value, name.value, "/", profile);
    case "email":
      if (!names.email.allowed) {
        return `The profile ${profile} allows no e-mail addresses, so not ${name.value}.`;
      }
      return outsidePatterns(names.email.patterns, name.value, name.value, ".", profile);
    default:
      return `A name of this kind is not issued: ${name.type}.`;
  }
}

function outsidePatterns(
  patterns: readonly string[],
  matched: string,
  shown: string,
  separator: "." | "/",
  profile: string,
): string | null {
  if (patterns.length === 0 || patterns.some((pattern) => fitsPattern(pattern, matched, separator)))
    return null;
  return `The name ${shown} fits none of the patterns of the profile ${profile}: ${patterns.join(", ")}.`;
}
