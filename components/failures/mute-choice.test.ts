import { expect, test } from "vitest";
import { chosenMute } from "#components/failures/mute-choice.ts";

const now = new Date("2027-03-01T12:30:00Z");

test.each([
  ["1h", "", "2027-03-01T13:30:00.000Z"],
  ["7d", "ignored", "2027-03-08T12:30:00.000Z"],
  ["at", "2027-03-02T08:00", "2027-03-02T08:00:00.000Z"],
] as const)("%s %s is until %s", (choice, at, until) => {
  expect(chosenMute(choice, at, now)?.toISOString()).toBe(until);
});

test("no end is no time, and a time that nobody typed is none", () => {
  expect(chosenMute("worse", "", now)).toBeNull();
  for (const at of ["", "soon"]) {
    expect(() => chosenMute("at", at, now)).toThrow(
      expect.objectContaining({
        code: "malformed",
        violations: [expect.objectContaining({ field: "until" })],
      }),
    );
  }
});
