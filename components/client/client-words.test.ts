import { expect, test } from "vitest";
import { shortened } from "#components/client/client-words.ts";

test("of many services the first ones are named, and the others counted", () => {
  expect(shortened([])).toBe("");
  expect(shortened(["a", "b"])).toBe("a, b");
  expect(shortened(["a", "b", "c", "d"])).toBe("a, b and 2 more");
});
