import { nameRefusal } from "#lib/authority/profile-names.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";
import { checkGeneralName, type GeneralName } from "#lib/x509/general-name.ts";
import { parseIp } from "#lib/x509/ip-address.ts";
import { violatesNameConstraints } from "#lib/x509/name-constraints.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";

/** What would happen to a name. */
export interface NameVerdict {
  fits: boolean;
  type: GeneralName["type"];
  /** Why not; empty when it fits. */
  sentence: string;
}

export const NAME_TYPE_WORDS: Record<GeneralName["type"], string> = {
  dns: "DNS name",
  ip: "IP address",
  uri: "URI",
  email: "e-mail address",
};

/** The form that a typed name has. */
export function nameType(text: string): GeneralName["type"] {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return "uri";
  if (text.includes("@")) return "email";
  if (parseIp(text) !== null) return "ip";
  return /^[a-z][a-z0-9+.-]*:/i.test(text) ? "uri" : "dns";
}

/**
 * Whether a name would be issued under a profile, by the same functions as the issuance itself.
 *
 * @param constraints those of the authority and of all above it
 */
export function tryName(
  text: string,
  profile: { name: string; rules: ProfileRules },
  constraints: readonly NameConstraints[],
): NameVerdict {
  const type = nameType(text);
  const name: GeneralName = { type, value: type === "dns" ? text.toLowerCase() : text };
  const broken =
    checkGeneralName(name)?.detail ??
    nameRefusal(name, profile.rules.names, profile.name) ??
    constraints.map((each) => violatesNameConstraints([name], [], each)?.detail).find(Boolean) ??
    "";
  return { fits: broken === "", type, sentence: broken };
}
