import { expect, test } from "vitest";
import { parseSearch } from "#lib/inventory/certificate-search.ts";

const SHA256 = "ab".repeat(32);
const withColons = (hex: string) => hex.toUpperCase().match(/../g)?.join(":") ?? "";

test.each([
  `sha256 Fingerprint=${withColons(SHA256)}`,
  `SHA256 Fingerprint=${withColons(SHA256)}`,
  `sha256:${SHA256}`,
  `SHA-256: ${withColons(SHA256)}`,
  SHA256,
])("%s is a SHA-256 fingerprint", (text) => {
  expect(parseSearch(text)?.sha256).toEqual([{ from: SHA256, before: `${SHA256}g` }]);
});

test.each(["sha1:0123456789", "SHA1 Fingerprint=01:23:45:67:89"])("%s begins a SHA-1 fingerprint", (text) => {
  expect(parseSearch(text)?.sha1).toEqual([{ from: "0123456789", before: "0123456789g" }]);
});

test.each([
  ["Serial Number: 4096 (0x1000)", "1000"],
  ["        Serial Number: 4096 (0x1000)\n", "1000"],
  ["4096 (0x1000)", "1000"],
  ["Serial Number: 1 (0x1)", "01"],
  ["Serial Number: -123 (-0x7b)", "-7b"],
  ["serial=1000", "1000"],
])("%j is a serial number", (text, serial) => {
  const isFound = parseSearch(text)?.serials.some(({ from, before }) => from <= serial && serial < before);
  expect(isFound).toBe(true);
});

test("a serial number that is printed in both ways is not looked for as if the two were one", () => {
  const digits = parseSearch("Serial Number: 4096 (0x1000)")?.serials.map(({ from }) => from);
  expect(digits?.toSorted()).toEqual(["-01000", "-1000", "01000", "1000"]);
});
