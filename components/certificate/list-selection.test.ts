import { expect, test } from "vitest";
import { between } from "#components/certificate/list-selection.ts";

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
