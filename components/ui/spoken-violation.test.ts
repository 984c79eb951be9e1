import { expect, test } from "vitest";
import { spokenViolation } from "#components/ui/spoken-violation.ts";

test.each([
  ["name", "name: needs a name.", "Name", "Name needs a name."],
  ["rules.max", "rules.max: Too big.", "Names at most", "Names at most: too big."],
  ["rules.max", "rules.max: Too big.", undefined, "This: too big."],
  ["parentId", "The parent is retired.", "Parent", "The parent is retired."],
])("%s with %j", (field, detail, label, sentence) => {
  expect(spokenViolation(field, detail, label)).toBe(sentence);
});
