import { DAY, type ProfileRules } from "#lib/authority/profile-rules.ts";
import type { Violation } from "#lib/errors.ts";

/** The profile under which Countersign's own listeners get their certificates. */
export const LISTENER_PROFILE: {
  slug: string;
  name: string;
  description: string;
  authority: "server";
  rules: ProfileRules;
} = {
  slug: "countersign-listener",
  name: "Countersign listener",
  description:
    "Certificates with which the console and the protocol plane present themselves; renewed by themselves.",
  authority: "server",
  rules: {
    keyAlgorithms: ["ecdsa-p256"],
    lifetime: { minSeconds: 3600, defaultSeconds: 30 * DAY, maxSeconds: 90 * DAY },
    backdateSeconds: 300,
    usages: ["server"],
    subject: { commonName: "optional", otherAttributes: false },
    names: {
      dns: { allowed: true, patterns: [], wildcards: false },
      ip: { allowed: true, ranges: [] },
      uri: { allowed: false, patterns: [] },
      email: { allowed: false, patterns: [] },
      max: 100,
    },
  },
};

/** At most this many names come from the settings of one instance. */
const NAMES_MIN = 20;

/**
 * Why the listeners could not be issued for under changed rules of their profile; empty when they could.
 * Without a certificate the console and the protocol plane cannot be reached any more, not even to undo it.
 */
export function listenerViolations(rules: ProfileRules): Violation[] {
  const { keyAlgorithms, lifetime, usages, subject, names } = rules;
  const needs: [isMet: boolean, field: string, detail: string][] = [
    [usages.includes("server"), "rules.usages", "it must issue server certificates"],
    [keyAlgorithms.includes("ecdsa-p256"), "rules.keyAlgorithms", "it must allow keys of ECDSA P-256"],
    [
      lifetime.defaultSeconds >= DAY,
      "rules.lifetime.defaultSeconds",
      "its usual lifetime must be one day or longer",
    ],
    [subject.commonName !== "forbidden", "rules.subject.commonName", "it must allow a common name"],
    [names.dns.allowed, "rules.names.dns.allowed", "it must allow DNS names"],
    [names.ip.allowed, "rules.names.ip.allowed", "it must allow IP addresses"],
    [
      names.dns.patterns.length === 0,
      "rules.names.dns.patterns",
      "it must allow every DNS name, as they come from the settings",
    ],
    [
      names.ip.ranges.length === 0,
      "rules.names.ip.ranges",
      "it must allow every IP address, as they come from the settings",
    ],
    [names.max >= NAMES_MIN, "rules.names.max", `it must allow ${NAMES_MIN} names or more`],
  ];
  return needs
    .filter(([isMet]) => !isMet)
    .map(([, field, need]) => ({
      field,
      rule: "profile.listener",
      detail: `Countersign's own listeners get their certificates under this profile: ${need}.`,
    }));
}
