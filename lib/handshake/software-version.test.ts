import { expect, test } from "vitest";
import { atLeast } from "./software-version.ts";

test.each<[string | null, string, boolean]>([
  ["2.6.12-1+deb12u4", "2.5", true],
  ["2.4.30", "2.5", false],
  ["2.5", "2.5.0", true],
  ["1.9.15", "1.11.7", false],
  ["v3.0", "2.10", true],
  ["10", "9.9.9", true],
  [null, "2.5", true],
  ["unreleased", "2.5", true],
  ["9".repeat(40), "2.5", true],
])("%s is at least %s: %s", (version, wanted, expected) => {
  expect(atLeast(version, wanted)).toBe(expected);
});
