import { Description, DescriptionList } from "#components/ui/description-list.tsx";

interface UseBarsProps {
  /** Requests of each hour, the oldest first. */
  hours: readonly { permitted: number; refused: number }[];
}

const WIDTH = 10;
const GAP = 2;
const HEIGHT = 64;

/** Requests by the hour, those refused on top; the sums stand below. */
export function UseBars({ hours }: UseBarsProps) {
  const sum = (pick: "permitted" | "refused") => hours.reduce((total, hour) => total + hour[pick], 0);
  const most = Math.max(1, ...hours.map(({ permitted, refused }) => permitted + refused));
  const [permitted, refused] = [sum("permitted"), sum("refused")];
  // What is there at all is seen.
  const tall = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT));
  return (
    <div className="flex flex-col gap-3">
      <svg
        role="img"
        aria-label={`Requests in each of the last ${hours.length} hours, at most ${most.toLocaleString("en")}`}
        viewBox={`0 0 ${hours.length * (WIDTH + GAP)} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-16 w-full border-line border-b"
      >
        {hours.map((hour, index) => {
          const x = index * (WIDTH + GAP);
          const [below, above] = [tall(hour.permitted), tall(hour.refused)];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place.
            <g key={index}>
              <rect x={x} y={HEIGHT - below} width={WIDTH} height={below} className="fill-neutral-solid" />
              <rect
                x={x}
                y={Math.max(0, HEIGHT - below - above)}
                width={WIDTH}
                height={above}
                className="fill-critical-solid"
              />
            </g>
          );
        })}
      </svg>
      <DescriptionList>
        <Description term={`Let in, last ${hours.length} hours`}>
          {permitted.toLocaleString("en")}
        </Description>
        <Description term="Refused">{refused.toLocaleString("en")}</Description>
      </DescriptionList>
    </div>
  );
}
