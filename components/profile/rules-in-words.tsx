import { type ExplainedRule, explainTopics } from "#lib/authority/profile-explain.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";

export const TOPIC_TITLES: Record<ExplainedRule["topic"], string> = {
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

/** A profile's rules spelled out, a sentence for each subject. */
export function RulesInWords({ rules }: { rules: ProfileRules }) {
  return (
    <dl className="divide-y divide-line">
      {explainTopics(rules).map(({ topic, sentence }) => (
        <div
          key={topic}
          className="grid gap-x-4 py-1.5 first:pt-0 last:pb-0 sm:grid-cols-[7rem_minmax(0,1fr)]"
        >
          <dt className="text-muted">{TOPIC_TITLES[topic]}</dt>
          <dd className="min-w-0 break-words">{sentence}</dd>
        </div>
      ))}
    </dl>
  );
}
