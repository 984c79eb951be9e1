import { expect, test } from "vitest";
import { lateAt, leftOutBefore, nextCrlNumber, replacedAt, timesOfCrl } from "#lib/authority/crl-times.ts";
import { addSeconds } from "#lib/clock.ts";

const now = new Date("2027-03-01T12:00:00Z");
const HOUR = 3_600;

test("a CRL is dated back a minute for clocks that are behind, and ends its whole life from now", () => {
  expect(timesOfCrl(now, 72 * HOUR, null)).toEqual({
    thisUpdate: addSeconds(now, -60),
    nextUpdate: addSeconds(now, 72 * HOUR),
  });
  expect(timesOfCrl(now, 120, null).thisUpdate).toEqual(addSeconds(now, -12));
});

test("thisUpdate is after that of the list before and never in the future", () => {
  const thisUpdateAfter = (previous: Date) => timesOfCrl(now, 72 * HOUR, previous).thisUpdate;
  expect(thisUpdateAfter(addSeconds(now, -65))).toEqual(addSeconds(now, -60));
  expect(thisUpdateAfter(addSeconds(now, -60))).toEqual(addSeconds(now, -59));
  expect(thisUpdateAfter(addSeconds(now, -1))).toEqual(now);
  // The clock went back.
  expect(thisUpdateAfter(addSeconds(now, HOUR))).toEqual(now);
});

test("a CRL number never goes down (RFC 5280 §5.2.3)", () => {
  const seconds = BigInt(now.getTime() / 1000);
  expect(nextCrlNumber(0n, now)).toBe(seconds);
  expect(nextCrlNumber(seconds, now)).toBe(seconds + 1n);
  expect(nextCrlNumber(seconds + 500n, now)).toBe(seconds + 501n);
});

test("a list is replaced at half of its life, of the shorter one when lives were changed, and late a little after", () => {
  const crl = { createdAt: now, nextUpdate: addSeconds(now, 100 * HOUR) };
  expect(replacedAt(crl, 100 * HOUR)).toEqual(addSeconds(now, 50 * HOUR));
  expect(replacedAt(crl, 1000 * HOUR)).toEqual(addSeconds(now, 50 * HOUR));
  expect(replacedAt(crl, 10 * HOUR)).toEqual(addSeconds(now, 5 * HOUR));
  expect(lateAt(crl, 100 * HOUR)).toEqual(addSeconds(now, 55 * HOUR));
});

test("an entry stays until it was on a list made beyond its certificate's end, for the life of a list (RFC 5280 §3.3)", () => {
  expect(leftOutBefore(now, HOUR, null)).toEqual(new Date(0));
  expect(leftOutBefore(now, HOUR, addSeconds(now, -5))).toEqual(addSeconds(now, -HOUR));
  expect(leftOutBefore(now, HOUR, addSeconds(now, -2 * HOUR))).toEqual(addSeconds(now, -2 * HOUR));
});
