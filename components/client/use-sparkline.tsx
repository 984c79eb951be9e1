interface UseSparklineProps {
  /** Requests of each hour, the oldest first. */
  hours: readonly { permitted: number; refused: number }[];
}

const WIDTH = 1.5;
const STEP = 2;
const HEIGHT = 24;

/** The use of the last hours in the space of a word, those refused on top. */
export function UseSparkline({ hours }: UseSparklineProps) {
  const permitted = hours.reduce((total, hour) => total + hour.permitted, 0);
  const refused = hours.reduce((total, hour) => total + hour.refused, 0);
  if (permitted + refused === 0) return <span className="text-muted">no use</span>;
  const most = Math.max(...hours.map((hour) => hour.permitted + hour.refused));
  // What is there at all is seen.
  const tall = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT));
  const words = wordsOf(permitted, refused, hours.length);
  return (
    <svg
      role="img"
      aria-label={words}
      viewBox={`0 0 ${hours.length * STEP} ${HEIGHT}`}
      width={hours.length * STEP}
      height={HEIGHT}
      className="inline-block border-line border-b align-middle"
    >
      <title>{words}</title>
      {hours.map((hour, index) => {
        const [below, above] = [tall(hour.permitted), tall(hour.refused)];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place.
          <g key={index}>
            <rect
              x={index * STEP}
              y={HEIGHT - below}
              width={WIDTH}
              height={below}
              className="fill-neutral-solid"
            />
            <rect
              x={index * STEP}
              y={Math.max(0, HEIGHT - below - above)}
              width={WIDTH}
              height={above}
              className="fill-critical-solid"
            />
          </g>
        );
      })}
    </svg>
  );
}

function wordsOf(permitted: number, refused: number, hours: number): string {
  const count = (number: number) => number.toLocaleString("en");
  return `Last ${hours} hours: ${count(permitted)} let in, ${count(refused)} refused`;
}
