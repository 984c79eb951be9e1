import { expect, test } from "vitest";
import { changeInBrief } from "#components/bulk/bulk-selection.ts";

test.each([
  [{ done: 1, changed: 1 }, "Changed 1 certificate"],
  [{ done: 1_200, changed: 1_200 }, "Changed 1,200 certificates"],
  [{ done: 5, changed: 2 }, "Changed 2 certificates; 3 were so already"],
  [{ done: 2, changed: 1 }, "Changed 1 certificate; 1 was so already"],
  [{ done: 1, changed: 0 }, "It was so already"],
  [{ done: 3, changed: 0 }, "They were so already: nothing changed"],
])("of %j only what changed is called changed: %s", (run, words) => {
  expect(changeInBrief(run)).toBe(words);
});
