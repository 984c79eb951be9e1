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

/** Members in view; the others open on demand. */
const SHOWN = 8;

/**
 * Which members of a lineage are in view: the certificate, those next to it, and at either end no empty places.
 *
 * @param length how many there are
 * @param current place of the certificate
 * @returns the first place in view, and the first behind
 */
export function lineageView(length: number, current: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(current - SHOWN / 2, length - SHOWN));
  return { from, to: Math.min(length, from + SHOWN) };
}
