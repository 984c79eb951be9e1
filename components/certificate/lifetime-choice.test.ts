import { expect, test } from "vitest";
import { lifetimePresets, readLifetime } from "#components/certificate/lifetime-choice.ts";

const DAY = 86_400;
const BY_HAND = { minSeconds: 3600, defaultSeconds: 90 * DAY, maxSeconds: 398 * DAY };

test("every preset is within the profile's bounds, and the usual one is named", () => {
  const presets = lifetimePresets({ minSeconds: 2 * DAY, defaultSeconds: 12 * DAY, maxSeconds: 45 * DAY });
  expect(presets.map((preset) => preset.label)).toEqual([
    "7 days",
    "12 days, the usual",
    "30 days",
    "45 days, the longest",
  ]);
});

test("a profile with one lifetime offers that one", () => {
  expect(lifetimePresets({ minSeconds: DAY, defaultSeconds: DAY, maxSeconds: DAY })).toEqual([
    { seconds: DAY, label: "1 day, the usual" },
  ]);
});

test.each([
  ["1", "hours", { seconds: 3600 }],
  ["398", "days", { seconds: 398 * DAY }],
  ["59", "minutes", { problem: "59 minutes is outside what the profile allows: 1 hour to 398 days." }],
  ["399", "days", { problem: "399 days is outside what the profile allows: 1 hour to 398 days." }],
  ["1.5", "days", { problem: "Give a whole number; the profile allows 1 hour to 398 days." }],
  ["", "days", { problem: "Give a whole number; the profile allows 1 hour to 398 days." }],
  ["-1", "days", { problem: "Give a whole number; the profile allows 1 hour to 398 days." }],
] as const)("%s %s", (amount, unit, result) => {
  expect(readLifetime(amount, unit, BY_HAND)).toEqual(result);
});
