import { expect, test } from "vitest";
import { groupItems, matchingItems, type PaletteItem } from "#components/shell/palette-item.ts";

const ITEMS: PaletteItem[] = [
  { id: "home", label: "Home", group: "Go to", href: "/" },
  { id: "a", label: "payments-worker", detail: "client certificate", group: "Certificates", href: "/c/a" },
  { id: "tokens", label: "API tokens", group: "Go to", href: "/settings/tokens", keywords: "bearer key" },
];

test("every word of the query must be found, in any order and in any case", () => {
  expect(matchingItems(ITEMS, "CLIENT payments").map((item) => item.id)).toEqual(["a"]);
  expect(matchingItems(ITEMS, "bearer").map((item) => item.id)).toEqual(["tokens"]);
  expect(matchingItems(ITEMS, "payments bearer")).toEqual([]);
});

test("an empty query finds everything", () => {
  expect(matchingItems(ITEMS, "  ")).toHaveLength(3);
});

test("items stand under their heading once", () => {
  expect(groupItems(ITEMS).map(([group, items]) => [group, items.length])).toEqual([
    ["Go to", 2],
    ["Certificates", 1],
  ]);
});
