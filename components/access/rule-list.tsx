import { reasonWords } from "#components/access/decision-words.ts";
import { type RuleVerdict, ruleStanding } from "#components/access/rule-standing.ts";
import { RULE_WORDS } from "#components/access/rule-words.ts";
import { Status } from "#components/ui/status.tsx";

interface RuleListProps {
  rules: readonly RuleVerdict[];
  decision: { permitted: boolean; reason: string };
}

/** Every rule in the order in which it is applied, with what it says, and which of them decides. */
export function RuleList({ rules, decision }: RuleListProps) {
  return (
    <ol aria-label="Rules, in their order" className="divide-y divide-line">
      {rules.map((rule, index) => {
        const { question, met } = RULE_WORDS[rule.name];
        const { tone, word, decides } = ruleStanding(rules, index, decision);
        const words = rule.verdict == null ? null : reasonWords(rule.verdict);
        return (
          <li
            key={rule.name}
            className="grid gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[2rem_15rem_10rem_minmax(0,1fr)]"
          >
            <span aria-hidden className="text-muted max-sm:hidden">
              {index + 1}
            </span>
            <span className={decides ? "font-semibold" : "font-medium"}>{question}</span>
            <span>
              <Status tone={tone}>{word}</Status>
            </span>
            <span className="min-w-0 break-words">
              {rule.verdict === null && <span className="text-muted">{met}</span>}
              {rule.verdict === undefined && (
                <span className="text-muted">
                  There is nothing to ask it of: an earlier rule found nothing.
                </span>
              )}
              {words !== null && (
                <>
                  {decides && <strong className="font-semibold">This decides. </strong>}
                  {words.meaning}
                  {words.fix !== null && <span className="block text-muted text-sm">{words.fix}</span>}
                </>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
