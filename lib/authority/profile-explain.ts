import type { ProfileRules } from "#lib/authority/profile-rules.ts";
import { spokenDuration } from "#lib/authority/spoken-duration.ts";
import { KEY_ALGORITHMS } from "#lib/x509/key-algorithm.ts";

/** One subject of a profile's rules: a key that stays the same, and the rule in a sentence or two. */
export interface ExplainedRule {
  topic: "usage" | "keys" | "lifetime" | "subject" | "dns" | "ip" | "uri" | "email" | "count";
  sentence: string;
}

/**
 * A profile's rules in words, one sentence for each subject, in the order in which the form asks them.
 * Pure: the form shows them while they are being changed, and two states are compared topic by topic.
 */
export function explainTopics(rules: ProfileRules): ExplainedRule[] {
  return [
    { topic: "usage", sentence: usage(rules) },
    { topic: "keys", sentence: keys(rules) },
    { topic: "lifetime", sentence: lifetime(rules) },
    { topic: "subject", sentence: subject(rules) },
    { topic: "dns", sentence: dns(rules) },
    { topic: "ip", sentence: ip(rules) },
    { topic: "uri", sentence: patterned("URIs", rules.names.uri) },
    { topic: "email", sentence: patterned("E-mail addresses", rules.names.email) },
    { topic: "count", sentence: count(rules) },
  ];
}

/** The sentences of `explainTopics`. */
export function explainRules(rules: ProfileRules): string[] {
  return explainTopics(rules).map(({ sentence }) => sentence);
}

function usage({ usages }: ProfileRules): string {
  const server = usages.includes("server");
  const client = usages.includes("client");
  if (server && client)
    return "Certificates prove a server to its clients and a client to servers (serverAuth and clientAuth).";
  if (server)
    return "Certificates prove a server to its clients (serverAuth), and cannot be used by a client.";
  if (client) return "Certificates prove a client to a server (clientAuth), and cannot be used by a server.";
  return "No use is chosen yet: a certificate must serve a server, a client or both.";
}

function keys({ keyAlgorithms }: ProfileRules): string {
  if (keyAlgorithms.length === 0) return "No key type is allowed yet, so nothing can be issued.";
  const labels = keyAlgorithms.map((algorithm) => KEY_ALGORITHMS[algorithm].label);
  const postQuantum = keyAlgorithms.some((algorithm) => KEY_ALGORITHMS[algorithm].postQuantum);
  return `The key may be ${listed(labels, "or")}.${postQuantum ? " No current proxy accepts ML-DSA in TLS yet." : ""}`;
}

function lifetime({ lifetime: { minSeconds, defaultSeconds, maxSeconds }, backdateSeconds }: ProfileRules) {
  const usual = spokenDuration(defaultSeconds);
  const range =
    minSeconds === maxSeconds
      ? `A certificate lives exactly ${usual}.`
      : `A certificate lives ${usual} unless the request asks for another time between ${spokenDuration(minSeconds)} and ${spokenDuration(maxSeconds)}.`;
  return backdateSeconds === 0
    ? `${range} It is valid from the moment of issuance, so relying parties whose clocks are behind refuse it at first.`
    : `${range} It begins ${spokenDuration(backdateSeconds)} in the past, for relying parties whose clocks are behind.`;
}

function subject({ subject: { commonName, otherAttributes } }: ProfileRules): string {
  const name = {
    optional: "The request may have a common name",
    required: "The request must have a common name",
    forbidden: "The request must not have a common name",
  }[commonName];
  return otherAttributes
    ? `${name}; other attributes of its subject are taken over as they are.`
    : `${name}; other attributes of its subject are left out.`;
}

function dns({ names: { dns: rule } }: ProfileRules): string {
  if (!rule.allowed) return "DNS names are refused.";
  const wildcards = rule.wildcards ? "wildcards such as *.example.com too" : "but no wildcards";
  if (rule.patterns.length === 0) {
    return `Any DNS name is allowed, ${wildcards}.`;
  }
  return `DNS names must fit ${listed(rule.patterns, "or")}; ${rule.wildcards ? "wildcards are allowed within them" : "wildcards are refused"}.`;
}

function ip({ names: { ip: rule } }: ProfileRules): string {
  if (!rule.allowed) return "IP addresses are refused.";
  if (rule.ranges.length === 0) return "Any IP address is allowed.";
  return `IP addresses must lie in ${listed(rule.ranges, "or")}.`;
}

function patterned(what: string, rule: { allowed: boolean; patterns: readonly string[] }): string {
  if (!rule.allowed) return `${what} are refused.`;
  if (rule.patterns.length === 0) return `${what} of any kind are allowed.`;
  return `${what} must fit ${listed(rule.patterns, "or")}.`;
}

function count({ names: { max } }: ProfileRules): string {
  return max === 1 ? "One name at most." : `At most ${max} names in one certificate.`;
}

/** The most that a sentence lists before it says how many more there are. */
const LISTED_MAX = 8;

function listed(items: readonly string[], word: "or" | "and"): string {
  const shown = items.slice(0, LISTED_MAX);
  const more = items.length - shown.length;
  if (more > 0) return `${shown.join(", ")} ${word} ${more} more`;
  const last = shown.at(-1) ?? "";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} ${word} ${last}`;
}
