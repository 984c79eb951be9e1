import type { Tone } from "#components/ui/tone.ts";
import type { RuleName } from "#lib/access/decide/rules.ts";

/** What a rule says of a request. */
export interface RuleVerdict {
  name: RuleName;
  /** The reason for which it is not met; null when it is; undefined when there was nothing to apply it to. */
  verdict: string | null | undefined;
}

/** How one rule stands in a decision. */
export interface RuleStanding {
  tone: Tone;
  word: "met" | "not asked" | "not met" | "overlooked";
  /** Whether the answer follows from this one. */
  decides: boolean;
}

/**
 * How a rule stands: the first that is not met decides, unless the service overlooks it because it learns or fails
 * open. What comes later is told as well, as it would decide next.
 */
export function ruleStanding(
  rules: readonly RuleVerdict[],
  index: number,
  { permitted, reason }: { permitted: boolean; reason: string },
): RuleStanding {
  const verdict = rules[index]?.verdict;
  if (verdict === undefined) return { tone: "neutral", word: "not asked", decides: false };
  if (verdict === null) return { tone: "ok", word: "met", decides: false };
  if (permitted) return { tone: "warn", word: "overlooked", decides: false };
  const deciding = rules.findIndex((rule) => rule.verdict === reason);
  if (index < deciding) return { tone: "warn", word: "overlooked", decides: false };
  return { tone: "critical", word: "not met", decides: index === deciding };
}
