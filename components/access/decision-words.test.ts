import { expect, test } from "vitest";
import { REASON_WORDS, reasonWords } from "#components/access/decision-words.ts";
import { RULE_WORDS } from "#components/access/rule-words.ts";
import { DENIALS, PERMITS } from "#lib/access/decide/decision.ts";
import { RULES } from "#lib/access/decide/rules.ts";

test("every reason has words, and whoever is refused is told what to do", () => {
  expect(Object.keys(REASON_WORDS).sort()).toEqual([...PERMITS, ...DENIALS].sort());
  for (const denial of DENIALS) expect(REASON_WORDS[denial].fix, denial).toMatch(/\.$/);
  for (const { meaning } of Object.values(REASON_WORDS)) expect(meaning).toMatch(/^[A-Z].*\.$/);
});

test("no two reasons are told alike", () => {
  const titles = Object.values(REASON_WORDS).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

test("every rule has a question", () => {
  expect(Object.keys(RULE_WORDS)).toEqual(RULES.map(({ name }) => name));
});

test("a reason that is not known here stands for itself", () => {
  expect(reasonWords("toString").title).toBe("toString");
});
