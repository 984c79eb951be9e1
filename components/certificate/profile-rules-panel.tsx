import { type ExplainedRule, explainTopics } from "#lib/authority/profile-explain.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";

const TOPICS: Record<ExplainedRule["topic"], string> = {
  usage: "Use",
  keys: "Keys",
  lifetime: "Lifetime",
  subject: "Subject",
  dns: "DNS names",
  ip: "IP addresses",
  uri: "URIs",
  email: "E-mail",
  count: "How many",
};

/** What a profile allows, in words. */
export function ProfileRulesPanel({ rules }: { rules: ProfileRules }) {
  return (
    <dl className="flex flex-col gap-2.5 text-sm">
      {explainTopics(rules).map(({ topic, sentence }) => (
        <div key={topic}>
          <dt className="font-medium">{TOPICS[topic]}</dt>
          <dd className="break-words text-muted">{sentence}</dd>
        </div>
      ))}
    </dl>
  );
}
