import { expect, test } from "vitest";
import { dayAway, rangeInWords } from "#components/certificate/expiry-range.ts";

test.each([
  ["2026-12-30", "2027-01-06", "in the next 7 days"],
  ["2026-12-30", "2027-01-29", "in the next 30 days"],
  ["2026-12-23", "2026-12-30", "in the last 7 days"],
  ["", "2027-01-01", "until 2027-01-01"],
  ["2027-01-01", "", "from 2027-01-01"],
  ["2027-01-01", "2027-01-01", "on 2027-01-01"],
  ["2026-12-30T12:00:00Z", "2027-01-06", "2026-12-30 12:00:00 UTC to 2027-01-06"],
])("from %j to %j, on 30 December, is %s", (from, to, words) => {
  expect(rangeInWords(from, to, "2026-12-30")).toBe(words);
});

test("days are counted over the end of a year and of February", () => {
  expect([dayAway("2026-12-30", 7), dayAway("2028-02-28", 1), dayAway("2027-03-01", -1)]).toEqual([
    "2027-01-06",
    "2028-02-29",
    "2027-02-28",
  ]);
});
