import { expect, test } from "vitest";
import { durationSeconds, toDurationDraft } from "#components/profile/duration-draft.ts";
import { toRules, toRulesDraft } from "#components/profile/rules-draft.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { FIRST_PROFILES } from "#lib/authority/profile-rules.ts";

test.each([...FIRST_PROFILES, LISTENER_PROFILE])(
  "the form gives back the rules of $slug as they were",
  ({ rules }) => {
    expect(toRules(toRulesDraft(rules))).toEqual(rules);
  },
);

test("patterns are taken line by line or with commas, without blanks", () => {
  const draft = toRulesDraft(LISTENER_PROFILE.rules);
  draft.dns.patterns = " *.a.example \n\n**.b.example, c.example ";
  expect(toRules(draft).names.dns.patterns).toEqual(["*.a.example", "**.b.example", "c.example"]);
});

test.each([
  [300, { amount: "5", unit: "minutes" }],
  [7200, { amount: "2", unit: "hours" }],
  [129_600, { amount: "36", unit: "hours" }],
  [7_776_000, { amount: "90", unit: "days" }],
  [0, { amount: "0", unit: "minutes" }],
] as const)("%d seconds are shown whole", (seconds, draft) => {
  expect(toDurationDraft(seconds)).toEqual(draft);
  expect(durationSeconds(draft)).toBe(seconds);
});

test("what is no number counts as nothing, half a day as half", () => {
  expect(durationSeconds({ amount: "soon", unit: "days" })).toBe(0);
  expect(durationSeconds({ amount: "0,5", unit: "days" })).toBe(43_200);
});
