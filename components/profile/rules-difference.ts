import { type ExplainedRule, explainTopics } from "#lib/authority/profile-explain.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";

/** A profile as two admins may see it differently. */
export interface ProfileState {
  name: string;
  description: string;
  authorityName: string;
  rules: ProfileRules;
}

export interface Difference {
  topic: ExplainedRule["topic"] | "name" | "description" | "authority";
  theirs: string;
  mine: string;
}

/** Where two states of a profile differ, in words. */
export function rulesDifference(theirs: ProfileState, mine: ProfileState): Difference[] {
  const facts = (["name", "description"] as const).map((topic) => ({
    topic,
    theirs: theirs[topic],
    mine: mine[topic].trim(),
  }));
  const authority = { topic: "authority" as const, theirs: theirs.authorityName, mine: mine.authorityName };
  const own = explainTopics(mine.rules);
  const rules = explainTopics(theirs.rules).map(({ topic, sentence }) => ({
    topic,
    theirs: sentence,
    mine: own.find((each) => each.topic === topic)?.sentence ?? "",
  }));
  return [...facts, authority, ...rules].filter((difference) => difference.theirs !== difference.mine);
}
