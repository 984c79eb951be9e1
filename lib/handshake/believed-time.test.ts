import { expect, test } from "vitest";
import { believedTime } from "./believed-time.ts";

const NOW = Date.UTC(2027, 2, 1, 12, 0, 30);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test.each([
  ["says no time", null, "assumed", NOW],
  ["was just written", NOW - 2_000, "said", NOW - 2_000],
  ["is ahead by what clocks differ", NOW + 3_000, "said", NOW],
  ["is of a proxy whose clock is a year ahead", NOW + 365 * DAY, "said", NOW],
  ["is of a proxy whose clock is a year behind", NOW - 365 * DAY, "said", NOW],
  ["was sent hours later", NOW - 5 * HOUR, "said", NOW - 5 * HOUR],
  ["is of a zone east of here", NOW + 2 * HOUR - 4_000, "assumed", NOW - 4_000],
  ["is of a zone west of here", NOW - 5 * HOUR - 4_000, "assumed", NOW - 4_000],
  ["is of a zone of quarters of an hour", NOW + 5.75 * HOUR - 10_000, "assumed", NOW - 10_000],
  ["was sent later, without a zone", NOW - 5 * HOUR - 7 * 60_000, "assumed", NOW - 5 * HOUR - 7 * 60_000],
  ["has no number", Number.NaN, "said", NOW],
] as const)("a line that %s", (_, at, zone, believed) => {
  expect(believedTime({ at, zone }, NOW)).toBe(believed);
});
