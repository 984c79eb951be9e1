import type { Span } from "#components/failures/failure-address.ts";
import { causeTitle } from "#lib/handshake/cause-title.ts";
import type { Cause } from "#lib/handshake/causes.ts";
import type { ChartBar } from "#lib/handshake/failure-chart.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const STEPS: Record<Span, { step: number; count: number }> = {
  "24h": { step: HOUR_MS, count: 24 },
  "7d": { step: HOUR_MS, count: 7 * 24 },
  "90d": { step: DAY_MS, count: 90 },
};

export const SPAN_WORDS: Record<Span, string> = {
  "24h": "24 hours",
  "7d": "7 days",
  "90d": "90 days",
};

/** What a chart of a span asks for: whole hours or days, of which the last one is the present one. */
export function chartTimes(span: Span, now: Date): { from: Date; to: Date; step: number; count: number } {
  const { step, count } = STEPS[span];
  const to = (Math.floor(now.getTime() / step) + 1) * step;
  return { from: new Date(to - count * step), to: new Date(to), step, count };
}

/** Handshakes of one cause over time. */
export interface ChartRow {
  /** Null for all failed ones, and for those of the causes that have no row. */
  cause: Cause | null;
  title: string;
  /** Of each hour or day, the oldest first. */
  counts: number[];
  total: number;
}

export interface Chart {
  /** All that failed. */
  all: ChartRow;
  /** The most frequent first; the rest of them together. */
  rows: ChartRow[];
  /** How many went well. */
  succeeded: number;
}

/** More rows would push the list out of sight. */
const ROWS_MAX = 5;

/**
 * The bars of a chart as rows of one cause each.
 *
 * @param only the cause to which the list is narrowed; null for any
 */
export function chartRows(
  bars: readonly ChartBar[],
  { from, step, count }: ReturnType<typeof chartTimes>,
  only: Cause | null,
): Chart {
  const counts = new Map<Cause, number[]>();
  let succeeded = 0;
  for (const bar of bars) {
    if (bar.cause === "none") {
      succeeded += bar.count;
      continue;
    }
    const place = Math.floor((bar.at.getTime() - from.getTime()) / step);
    const ofCause = counts.get(bar.cause) ?? new Array<number>(count).fill(0);
    counts.set(bar.cause, ofCause);
    if (place >= 0 && place < count) ofCause[place] = (ofCause[place] ?? 0) + bar.count;
  }
  const ofCauses = [...counts]
    .map(([cause, each]) => row(cause, causeTitle(cause), [each], count))
    .toSorted((a, b) => b.total - a.total || a.title.localeCompare(b.title));
  // One row less only to say that there is one more cause says nothing.
  const shown = ofCauses.length <= ROWS_MAX + 1 ? ofCauses.length : ROWS_MAX;
  const others = ofCauses.slice(shown);
  const chosen = ofCauses.filter(({ cause }) => cause === only);
  const together = (title: string, rows: readonly ChartRow[]) =>
    row(
      null,
      title,
      rows.map((each) => each.counts),
      count,
    );
  return {
    all: together("All causes", ofCauses),
    rows:
      only !== null
        ? chosen
        : [
            ...ofCauses.slice(0, shown),
            ...(others.length === 0 ? [] : [together(`${others.length} other causes`, others)]),
          ],
    succeeded,
  };
}

function row(
  cause: Cause | null,
  title: string,
  parts: readonly (readonly number[])[],
  count: number,
): ChartRow {
  const counts = Array.from({ length: count }, (_, place) =>
    parts.reduce((sum, part) => sum + (part[place] ?? 0), 0),
  );
  return { cause, title, counts, total: counts.reduce((sum, each) => sum + each, 0) };
}

/** Bars of such heights as one path, so that a quarter of a thousand of them cost as little as one. */
export function barsPath(counts: readonly number[], height: number): string {
  const most = Math.max(1, ...counts);
  return counts
    .map((count, place) => {
      if (count === 0) return "";
      // What is there at all is seen.
      const tall = Math.max(height / 12, (count / most) * height);
      return `M${place + 0.1} ${height}V${round(height - tall)}H${place + 0.9}V${height}Z`;
    })
    .join("");
}

const round = (number: number) => Math.round(number * 100) / 100;
