import { expect, test } from "vitest";
import {
  FACET_FILTERS,
  type FacetFilter,
  type Facets,
  typedOption,
} from "#components/certificate/list-facets.ts";

const NONE = { issuers: [], profiles: [], algorithms: [], owners: [], tags: [], sources: [], risks: [] };
const filterOf = (name: string) => FACET_FILTERS.find((filter) => filter.name === name) as FacetFilter;
const LISTED = [{ value: "payments", name: "payments" }];

test.each([
  ["owner", ["owners"], " Ops ", "Ops"],
  ["tag", ["tags"], "Host-1", "host-1"],
  ["owner", ["owners"], "payments", null],
  ["owner", ["owners"], "  ", null],
  ["owner", ["tags"], "Ops", null],
  ["risk", ["owners", "tags", "issuers"], "Ops", null],
] as const)("of the filter %s, with %j cut, typing %j chooses %j", (name, cut, typed, value) => {
  const facets: Facets = { ...NONE, cut };
  expect(typedOption(filterOf(name), facets, LISTED, typed)).toBe(value);
});
