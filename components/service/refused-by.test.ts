import { expect, test } from "vitest";
import { refusedBy } from "#components/service/refused-by.ts";

const demands = (minimumStrength: string, authorities: string[]) => ({ minimumStrength, authorities });

test.each([
  ["a stronger key", demands("112", []), demands("128", []), 1],
  ["authorities in place of all", demands("112", []), demands("112", ["a"]), 1],
  ["an authority less", demands("112", ["a", "b"]), demands("112", ["a"]), 1],
  ["both", demands("0", ["a"]), demands("112", ["b"]), 2],
] as const)("%s may refuse clients", (_, start, draft, count) => {
  expect(refusedBy(start, draft)).toHaveLength(count);
});

test.each([
  ["a weaker key", demands("128", []), demands("112", [])],
  ["all authorities", demands("112", ["a"]), demands("112", [])],
  ["one more", demands("112", ["a"]), demands("112", ["a", "b"])],
] as const)("%s refuses nobody", (_, start, draft) => expect(refusedBy(start, draft)).toEqual([]));
