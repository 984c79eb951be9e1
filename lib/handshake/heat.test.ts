import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { heatOf, isWorse, joinedHeat, rankOf, rateOf } from "./heat.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2027, 2, 1, 12);

test("what comes at an even pace has that rate, and half of it an hour after it ended", () => {
  const every30s = Array.from({ length: 24 * 120 }, (_, place) => NOON - place * 30_000);
  expect(rateOf(heatOf(every30s), NOON)).toBeCloseTo(120, 0);
  expect(rateOf(heatOf(every30s), NOON + HOUR)).toBeCloseTo(60, 0);
});

test("events in several batches make the same heat as at once, in whatever order", () => {
  const times = fc.array(fc.integer({ min: 0, max: 90 * 24 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(times, times, (first, second) => {
      const at = (minutes: number) => NOON - minutes * 60_000;
      const [a, b] = [heatOf(first.map(at)), heatOf(second.map(at))];
      const together = heatOf([...second, ...first].map(at));
      expect(joinedHeat(a, b)).toBeCloseTo(together, 6);
      expect(joinedHeat(b, a)).toBeCloseTo(together, 6);
      expect(together).toBeGreaterThanOrEqual(Math.max(a, b));
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("one event now is worse than a hundred of this morning, and a client's worse than a few of a scanner", () => {
  const morning = heatOf(Array.from({ length: 100 }, () => NOON - 8 * HOUR));
  expect(heatOf([NOON])).toBeGreaterThan(morning);
  const scanner = heatOf(Array.from({ length: 100 }, () => NOON));
  expect(rankOf(heatOf([NOON]), "client-certificate-expired", true)).toBeGreaterThan(
    rankOf(scanner, "not-tls", false),
  );
});

test("worse is twice as often, but not a first or second one more", () => {
  expect(isWorse(200, 100)).toBe(true);
  expect(isWorse(199, 100)).toBe(false);
  expect(isWorse(2.9, 0.1)).toBe(false);
  expect(isWorse(3.1, 0.1)).toBe(true);
});
