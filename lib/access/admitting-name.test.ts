import { expect, test } from "vitest";
import { admittingName } from "#lib/access/admitting-name.ts";

const [uri, dns, common] = [
  { type: "uri", value: "spiffe://x/a" },
  { type: "dns", value: "a.example" },
  { type: "commonName", value: "A" },
];

test("the name that tells most is taken", () => {
  expect(admittingName([dns, uri, common])).toBe(uri);
  expect(admittingName([common, dns])).toBe(dns);
  expect(admittingName([common])).toBe(common);
  expect(admittingName([])).toBeUndefined();
});

test("a name that would be a pattern is none", () => {
  const patterns = [
    { type: "uri", value: "spiffe://x/*" },
    { type: "dns", value: "*.example" },
    { type: "commonName", value: "*" },
  ];
  expect(admittingName(patterns)).toBeUndefined();
  expect(admittingName([...patterns, dns])).toBe(dns);
  // Nor is a weaker one taken instead, which others may have as well.
  expect(admittingName([...patterns.slice(0, 1), common])).toBeUndefined();
});
