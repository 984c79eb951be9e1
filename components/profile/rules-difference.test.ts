import { expect, test } from "vitest";
import { type ProfileState, rulesDifference } from "#components/profile/rules-difference.ts";
import { FIRST_PROFILES, type ProfileRules } from "#lib/authority/profile-rules.ts";

const state = (change: (state: ProfileState) => void = () => {}): ProfileState => {
  const fresh = {
    name: "Client",
    description: "Calls services.",
    authorityName: "Client CA",
    rules: structuredClone(FIRST_PROFILES[1]?.rules as ProfileRules),
  };
  change(fresh);
  return fresh;
};

test("the same state has no differences, nor has blank space at its ends", () => {
  expect(
    rulesDifference(
      state(),
      state((mine) => {
        mine.name = " Client ";
      }),
    ),
  ).toEqual([]);
});

test("each difference is told with both sides", () => {
  const theirs = state((one) => {
    one.authorityName = "Client CA 2";
    one.rules.names.max = 1;
  });
  const mine = state((one) => {
    one.name = "Clients";
  });
  expect(rulesDifference(theirs, mine)).toEqual([
    { topic: "name", theirs: "Client", mine: "Clients" },
    { topic: "authority", theirs: "Client CA 2", mine: "Client CA" },
    { topic: "count", theirs: "One name at most.", mine: "At most 100 names in one certificate." },
  ]);
});
