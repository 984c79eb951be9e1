import { expect, test } from "vitest";
import {
  isFiltered,
  isSameList,
  listHref,
  sortedBy,
  toggled,
  withoutFilters,
  withParameters,
} from "#components/certificate/list-address.ts";

test("a filter's value is added and taken away, and the list begins at its first page again", () => {
  const once = toggled("q=api&after=x.y&limit=200", "status", "due");
  expect(once).toBe("q=api&limit=200&status=due");
  const twice = toggled(once, "status", "expired");
  expect(new URLSearchParams(twice).getAll("status")).toEqual(["due", "expired"]);
  expect(toggled(twice, "status", "due")).toBe("q=api&limit=200&status=expired");
});

test("nobody, as an owner, is a value like others", () => {
  expect(toggled("", "owner", "")).toBe("owner=");
  expect(toggled("owner=", "owner", "")).toBe("");
});

test("names with characters of addresses keep what they are", () => {
  const query = toggled("", "issuer", "CN=A&B, O=100% <x>");
  expect(new URLSearchParams(new URL(listHref(query), "http://x").search).get("issuer")).toBe(
    "CN=A&B, O=100% <x>",
  );
});

test("clearing keeps the order and the page size", () => {
  expect(withoutFilters("q=a&status=due&expires-from=2026-01-01&sort=expires&limit=200&before=z")).toBe(
    "sort=expires&limit=200",
  );
  expect([isFiltered("sort=name&limit=50"), isFiltered("owner=")]).toEqual([false, true]);
});

test("a column sorts upwards first, then downwards", () => {
  expect(sortedBy("after=1", "expires", "-added")).toBe("sort=expires");
  expect(sortedBy("sort=expires", "expires", "expires")).toBe("sort=-expires");
  expect(sortedBy("sort=-expires", "expires", "-expires")).toBe("sort=expires");
});

test("two queries are the same list whatever their order and page", () => {
  expect(isSameList("status=due&q=a", "q=a&status=due&after=k")).toBe(true);
  expect(isSameList("status=due", "status=expired")).toBe(false);
  expect(withParameters("q=a", { q: "" })).toBe("");
});
