import { expect, test } from "vitest";
import { absoluteTime, relativeTime } from "#components/ui/time-format.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const secondsLater = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

test.each([
  [0, "just now"],
  [-59, "just now"],
  [59, "in under a minute"],
  [60, "in 1 minute"],
  [-90 * 60, "90 minutes ago"],
  [2 * 3600, "in 2 hours"],
  [-47 * 3600, "47 hours ago"],
  [48 * 3600, "in 2 days"],
  [90 * 86_400, "in 90 days"],
  [-130 * 86_400, "4 months ago"],
  [730.5 * 86_400, "in 2 years"],
])("an instant %d s away reads '%s'", (seconds, text) => {
  expect(relativeTime(secondsLater(seconds), NOW)).toBe(text);
});

test("a remaining time is never rounded up", () => {
  expect(relativeTime(secondsLater(3 * 86_400 - 1), NOW)).toBe("in 2 days");
});

test("absolute times are UTC to the second", () => {
  expect(absoluteTime(new Date("2026-01-02T03:04:05.678Z"))).toBe("2026-01-02 03:04:05 UTC");
});
