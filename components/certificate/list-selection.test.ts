import { expect, test } from "vitest";
import { between, listKey } from "#components/certificate/list-selection.ts";

const PAGE = ["a", "b", "c", "d"];

test.each([
  ["a", "c", ["a", "b", "c"]],
  ["d", "b", ["b", "c", "d"]],
  ["b", "b", ["b"]],
  [undefined, "c", ["c"]],
  ["gone", "c", ["c"]],
])("from %s to %s, shift selects %j", (from, to, selected) => {
  expect(between(PAGE, from, to)).toEqual(selected);
});

test("the same rows under another filter are another list, and the same list read anew is not", () => {
  expect(listKey(PAGE, "owner=a")).toBe(listKey([...PAGE], "owner=a"));
  expect(listKey(PAGE, "owner=a")).not.toBe(listKey(PAGE, "owner=a&status=due"));
  expect(listKey(PAGE, "")).not.toBe(listKey(PAGE.slice(1), ""));
});
