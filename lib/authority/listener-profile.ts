import { DAY, type ProfileRules } from "#lib/authority/profile-rules.ts";

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
