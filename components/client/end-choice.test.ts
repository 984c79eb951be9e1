import { expect, test } from "vitest";
import { chosenEnd, END_CHOICES } from "#components/client/end-choice.ts";

const now = new Date("2027-01-01T12:00:00Z");

test.each([
  ["now", "2027-01-01T12:00:00Z"],
  ["15m", "2027-01-01T12:15:00Z"],
  ["30d", "2027-01-31T12:00:00Z"],
] as const)("%s is counted from the present", (choice, end) => {
  expect(chosenEnd(choice, "", now)).toEqual(new Date(end));
});

test("never is no end, and a time is the one that was typed", () => {
  expect(chosenEnd("never", "2027-02-01T00:00", now)).toBeNull();
  expect(chosenEnd("at", "2027-02-01T00:00", now)).toEqual(new Date("2027-02-01T00:00:00Z"));
});

test("a time that was not typed never means at once", () => {
  expect(() => chosenEnd("at", "", now)).toThrow("Say at which time");
});

test("every overlap can be chosen as an end", () => {
  expect(END_CHOICES.map(({ value }) => value)).toEqual([
    ...["now", "15m", "1h", "6h", "24h", "7d", "30d", "at", "never"],
  ]);
});
