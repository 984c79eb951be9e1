/** A validity on the axis that a lineage shares, in percent of its length. */
export interface LineageBar {
  start: number;
  width: number;
}

/**
 * Where the lives of a lineage lie on one axis, from the first beginning to the last end or now.
 *
 * @param now stands on the axis too
 */
export function lineageBars(
  lineage: readonly { notBefore: Date; notAfter: Date }[],
  now: Date,
): { bars: LineageBar[]; nowAt: number } {
  const times = lineage.flatMap(({ notBefore, notAfter }) => [notBefore.getTime(), notAfter.getTime()]);
  const begins = Math.min(now.getTime(), ...times);
  const ends = Math.max(now.getTime(), ...times);
  const length = Math.max(1, ends - begins);
  const percent = (time: Date) => (100 * (time.getTime() - begins)) / length;
  return {
    // A certificate whose end is before its beginning is a line where it begins.
    bars: lineage.map(({ notBefore, notAfter }) => ({
      start: percent(notBefore),
      width: Math.max(0, percent(notAfter) - percent(notBefore)),
    })),
    nowAt: percent(now),
  };
}
