import { expect, test } from "vitest";
import { barsPath, chartRows, chartTimes } from "#components/failures/chart-rows.ts";
import { CAUSE_CODES, type Cause } from "#lib/handshake/causes.ts";

const now = new Date("2027-03-01T12:30:00Z");
const bar = (at: string, cause: Cause, count: number) => ({ at: new Date(at), cause, count });

test.each([
  ["24h", "2027-02-28T13:00:00.000Z", "2027-03-01T13:00:00.000Z", 24],
  ["7d", "2027-02-22T13:00:00.000Z", "2027-03-01T13:00:00.000Z", 168],
  ["90d", "2026-12-02T00:00:00.000Z", "2027-03-02T00:00:00.000Z", 90],
] as const)("a chart of %s ends with the present hour or day", (span, from, to, count) => {
  const times = chartTimes(span, now);
  expect([times.from.toISOString(), times.to.toISOString(), times.count]).toEqual([from, to, count]);
});

test("each cause has a row, the most frequent first, and what went well is counted apart", () => {
  const { all, rows, succeeded } = chartRows(
    [
      bar("2027-02-28T13:00:00Z", "crl-expired", 5),
      bar("2027-03-01T12:00:00Z", "crl-expired", 1),
      bar("2027-03-01T12:00:00Z", "not-tls", 9),
      bar("2027-03-01T12:00:00Z", "none", 100),
      // What came before the chart begins has no place in it.
      bar("2027-02-28T12:00:00Z", "not-tls", 3),
    ],
    chartTimes("24h", now),
    null,
  );
  expect(succeeded).toBe(100);
  expect(rows.map(({ title, total }) => [title, total])).toEqual([
    ["Not TLS", 9],
    ["CRL expired", 6],
  ]);
  expect(rows[1]?.counts).toEqual([5, ...new Array(22).fill(0), 1]);
  expect(all).toMatchObject({ cause: null, total: 15 });
  expect(all.counts.at(-1)).toBe(10);
});

test("of many causes the rest is one row", () => {
  const many = CAUSE_CODES.filter((cause) => cause !== "none").slice(0, 9);
  const bars = many.map((cause, index) => bar("2027-03-01T12:00:00Z", cause, 100 - index));
  const { all, rows } = chartRows(bars, chartTimes("7d", now), null);
  expect(rows).toHaveLength(6);
  expect(rows.at(-1)).toMatchObject({ cause: null, title: "4 other causes", total: 95 + 94 + 93 + 92 });
  expect(rows.reduce((sum, { total }) => sum + total, 0)).toBe(all.total);
  // The one that is asked for has its row, however rare it is.
  const [only, ...more] = chartRows(bars, chartTimes("7d", now), many[8] ?? null).rows;
  expect([only?.total, more]).toEqual([92, []]);
  expect(chartRows(bars.slice(0, 6), chartTimes("7d", now), null).rows).toHaveLength(6);
});

test("bars are as high as their counts, and what is there at all is seen", () => {
  expect(barsPath([0, 0], 12)).toBe("");
  expect(barsPath([12, 6, 0, 0.001], 12)).toBe("M0.1 12V0H0.9V12ZM1.1 12V6H1.9V12ZM3.1 12V11H3.9V12Z");
});
