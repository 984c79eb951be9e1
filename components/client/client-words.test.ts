import { expect, test } from "vitest";
import { firstEnd, isClientState, shortened } from "#components/client/client-words.ts";

test("of many services the first ones are named, and the others counted", () => {
  expect(shortened([])).toBe("");
  expect(shortened(["a", "b"])).toBe("a, b");
  expect(shortened(["a", "b", "c", "d"])).toBe("a, b and 2 more");
});

test("a word of an address is a state only when it is one", () => {
  expect(isClientState("suspended")).toBe(true);
  expect(isClientState("constructor")).toBe(false);
});

test("the first end is the one that comes first, and none when nothing ends", () => {
  const sooner = { at: new Date("2027-01-01"), why: "certificate" as const };
  expect(firstEnd([{ at: new Date("2027-02-01"), why: "client" }, sooner, { at: null, why: "key" }])).toEqual(
    sooner,
  );
  expect(firstEnd([{ at: null, why: "client" }])).toBeNull();
});
