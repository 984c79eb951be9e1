import { expect, test } from "vitest";
import { type RuleVerdict, ruleStanding } from "#components/access/rule-standing.ts";

const rules = (...verdicts: RuleVerdict["verdict"][]): RuleVerdict[] =>
  verdicts.map((verdict) => ({ name: "grant", verdict }));

const words = (all: RuleVerdict[], decision: { permitted: boolean; reason: string }) =>
  all.map((_, index) => {
    const { word, decides } = ruleStanding(all, index, decision);
    return decides ? `${word}!` : word;
  });

test("the first rule that is not met decides, and later ones are told as well", () => {
  const all = rules(null, "certificate-expired", undefined, "client-suspended");
  expect(words(all, { permitted: false, reason: "certificate-expired" })).toEqual([
    "met",
    "not met!",
    "not asked",
    "not met",
  ]);
});

test("what a learning service passes over decides nothing", () => {
  const all = rules(null, "client-unknown", null);
  expect(words(all, { permitted: true, reason: "learning" })).toEqual(["met", "overlooked", "met"]);
});

test("a rule that was overlooked does not decide when a later one refuses", () => {
  const all = rules("snapshot-too-old", null, "certificate-revoked");
  expect(words(all, { permitted: false, reason: "certificate-revoked" })).toEqual([
    "overlooked",
    "met",
    "not met!",
  ]);
});
