import { expect, test } from "vitest";
import { lineageBars, lineageView } from "#components/certificate/lineage-bars.ts";

const on = (day: number) => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000);
const life = (from: number, to: number) => ({ notBefore: on(from), notAfter: on(to) });

test("lives lie one after another on an axis that ends with the last, and now among them", () => {
  expect(lineageBars([life(0, 50), life(40, 100)], on(75))).toEqual({
    bars: [
      { start: 0, width: 50 },
      { start: 40, width: 60 },
    ],
    nowAt: 75,
  });
});

test("now lengthens the axis when everything is over, or nothing has begun", () => {
  expect(lineageBars([life(0, 50)], on(100))).toEqual({ bars: [{ start: 0, width: 50 }], nowAt: 100 });
  expect(lineageBars([life(50, 100)], on(0))).toEqual({ bars: [{ start: 50, width: 50 }], nowAt: 0 });
});

test("a validity that ends before it begins, or has no length, is still drawn", () => {
  for (const strange of [life(10, 5), life(3, 3)]) {
    const { bars, nowAt } = lineageBars([strange], on(3));
    for (const number of [bars[0]?.start, bars[0]?.width, nowAt]) {
      expect(number).toBeGreaterThanOrEqual(0);
      expect(number).toBeLessThanOrEqual(100);
    }
  }
});

test.each([
  [3, 1, 0, 3],
  [8, 7, 0, 8],
  [30, 0, 0, 8],
  [30, 15, 11, 19],
  [30, 29, 22, 30],
])("of %i renewals and the one at %i, those from %i to %i are in view", (length, current, from, to) => {
  expect(lineageView(length, current)).toEqual({ from, to });
});
