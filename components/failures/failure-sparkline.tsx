import { barsPath } from "#components/failures/chart-rows.ts";

const HEIGHT = 20;
const STEP = 2;

/** Events of the last hours in the space of a word. @param hours of each, the oldest first */
export function FailureSparkline({ hours }: { hours: readonly number[] }) {
  const sum = hours.reduce((total, each) => total + each, 0);
  const words = `Last ${hours.length} hours: ${sum.toLocaleString("en")}, at most ${Math.max(...hours).toLocaleString("en")} in one`;
  return (
    <svg
      role="img"
      aria-label={words}
      viewBox={`0 0 ${hours.length} ${HEIGHT}`}
      width={hours.length * STEP}
      height={HEIGHT}
      preserveAspectRatio="none"
      className="inline-block shrink-0 border-line border-b align-middle"
    >
      <title>{words}</title>
      <path d={barsPath(hours, HEIGHT)} className="fill-critical-solid" />
    </svg>
  );
}
