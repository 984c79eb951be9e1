import { type DurationDraft, durationSeconds, toDurationDraft } from "#components/profile/duration-draft.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/** A profile's rules as the form holds them: what is typed stays as it was typed. */
export interface RulesDraft {
  usages: ("server" | "client")[];
  keyAlgorithms: KeyAlgorithm[];
  min: DurationDraft;
  usual: DurationDraft;
  max: DurationDraft;
  backdate: DurationDraft;
  commonName: ProfileRules["subject"]["commonName"];
  otherAttributes: boolean;
  /** Patterns and ranges are one to a line. */
  dns: { allowed: boolean; patterns: string; wildcards: boolean };
  ip: { allowed: boolean; ranges: string };
  uri: { allowed: boolean; patterns: string };
  email: { allowed: boolean; patterns: string };
  maxNames: string;
}

/** The form's state for rules. */
export function toRulesDraft(rules: ProfileRules): RulesDraft {
  const { dns, ip, uri, email, max } = rules.names;
  return {
    usages: [...rules.usages],
    keyAlgorithms: [...rules.keyAlgorithms],
    min: toDurationDraft(rules.lifetime.minSeconds),
    usual: toDurationDraft(rules.lifetime.defaultSeconds),
    max: toDurationDraft(rules.lifetime.maxSeconds),
    backdate: toDurationDraft(rules.backdateSeconds),
    commonName: rules.subject.commonName,
    otherAttributes: rules.subject.otherAttributes,
    dns: { ...dns, patterns: dns.patterns.join("\n") },
    ip: { ...ip, ranges: ip.ranges.join("\n") },
    uri: { ...uri, patterns: uri.patterns.join("\n") },
    email: { ...email, patterns: email.patterns.join("\n") },
    maxNames: String(max),
  };
}

/** The rules that the form means; not checked, so that they can be explained while they are being typed. */
export function toRules(draft: RulesDraft): ProfileRules {
  return {
    keyAlgorithms: draft.keyAlgorithms,
    lifetime: {
      minSeconds: durationSeconds(draft.min),
      defaultSeconds: durationSeconds(draft.usual),
      maxSeconds: durationSeconds(draft.max),
    },
    backdateSeconds: durationSeconds(draft.backdate),
    usages: draft.usages,
    subject: { commonName: draft.commonName, otherAttributes: draft.otherAttributes },
    names: {
      dns: { ...draft.dns, patterns: lines(draft.dns.patterns) },
      ip: { ...draft.ip, ranges: lines(draft.ip.ranges) },
      uri: { ...draft.uri, patterns: lines(draft.uri.patterns) },
      email: { ...draft.email, patterns: lines(draft.email.patterns) },
      max: Number.parseInt(draft.maxNames, 10) || 0,
    },
  };
}

function lines(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
