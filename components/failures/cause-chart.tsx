import Link from "next/link";
import { barsPath, type Chart, type ChartRow, SPAN_WORDS } from "#components/failures/chart-rows.ts";
import { type FailureAddress, failuresHref, SPANS } from "#components/failures/failure-address.ts";
import { absoluteTime } from "#components/ui/time-format.ts";

interface CauseChartProps {
  chart: Chart;
  from: Date;
  /** Milliseconds of a bar. */
  step: number;
  address: FailureAddress;
  /** Whether the list is narrowed by what the chart does not know. */
  isOfMore: boolean;
}

/** Failed handshakes over time, a row for each cause; the same numbers stand in a table behind it. */
export function CauseChart({ chart, from, step, address, isOfMore }: CauseChartProps) {
  const { all, rows, succeeded } = chart;
  const unit = step === 3_600_000 ? "hour" : "day";
  // One cause alone is all of them, unless the list is narrowed to it.
  const shown = rows.length === 1 && address.cause === "" ? rows : [all, ...rows];
  return (
    <section aria-labelledby="failures-chart" className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 pt-3">
        <div className="min-w-0">
          <h2 id="failures-chart" className="font-semibold text-lg">
            Failed handshakes
          </h2>
          <p className="text-muted text-sm">
            {count(all.total)} failed in {SPAN_WORDS[address.span]}
            {succeeded > 0 && `, ${count(succeeded)} went well`}
            {isOfMore && ". By service and proxy only: other filters are of the list."}
          </p>
        </div>
        <nav aria-label="Time of the chart" className="flex gap-1 text-sm">
          {SPANS.map((span) => (
            <Link
              key={span}
              href={failuresHref(address, { span, after: address.after })}
              scroll={false}
              prefetch={false}
              aria-current={span === address.span ? "true" : undefined}
              className="inline-flex min-h-7 items-center rounded-md px-2 text-muted hover:bg-hover hover:text-ink aria-[current=true]:bg-selected aria-[current=true]:font-medium aria-[current=true]:text-ink pointer-coarse:min-h-9"
            >
              {SPAN_WORDS[span]}
            </Link>
          ))}
        </nav>
      </header>
      {all.total === 0 ? (
        <p className="px-4 pt-1 pb-3 text-muted text-sm">No handshake failed in this time.</p>
      ) : (
        <>
          <ul className="flex flex-col gap-0.5 px-4 pt-2">
            {shown.map((row) => (
              <CauseRow key={row.title} row={row} unit={unit} address={address} />
            ))}
          </ul>
          <div
            aria-hidden
            className="flex justify-between gap-2 px-4 pt-1 text-faint text-xs sm:mr-[10.75rem] sm:ml-[13.75rem] sm:px-0"
          >
            <span>{absoluteTime(from).slice(5, 16)} UTC</span>
            <span>now</span>
          </div>
          <Numbers rows={shown} from={from} step={step} unit={unit} />
        </>
      )}
    </section>
  );
}

const HEIGHT = 24;

function CauseRow({ row, unit, address }: { row: ChartRow; unit: string; address: FailureAddress }) {
  const { cause, title, counts, total } = row;
  const most = Math.max(...counts);
  const words = `${title}: ${count(total)}, at most ${count(most)} in one ${unit}`;
  return (
    // A phone has room for the sum, and the list below it; the table has all.
    <li className="grid not-first:max-sm:hidden grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 sm:grid-cols-[12rem_minmax(0,1fr)_9rem]">
      <span className="truncate text-sm" title={title}>
        {cause === null ? (
          <span className={title === "All causes" ? "font-medium" : "text-muted"}>{title}</span>
        ) : (
          <Link
            href={failuresHref(address, { cause: address.cause === cause ? "" : cause })}
            prefetch={false}
            aria-current={address.cause === cause ? "true" : undefined}
            className="text-link aria-[current=true]:font-semibold"
          >
            {title}
          </Link>
        )}
      </span>
      <svg
        role="img"
        aria-label={words}
        viewBox={`0 0 ${counts.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-6 w-full border-line border-b max-sm:order-3 max-sm:col-span-2"
      >
        <title>{words}</title>
        <path d={barsPath(counts, HEIGHT)} className="fill-neutral-solid" />
      </svg>
      <span className="text-right text-sm">
        {count(total)}
        <span className="text-muted text-xs max-sm:hidden">
          {" "}
          · max {count(most)}/{unit === "hour" ? "h" : "d"}
        </span>
      </span>
    </li>
  );
}

interface NumbersProps {
  rows: readonly ChartRow[];
  from: Date;
  step: number;
  unit: string;
}

/** Hours and days in which nothing failed say nothing. */
function Numbers({ rows, from, step, unit }: NumbersProps) {
  const [first] = rows;
  if (first === undefined) return null;
  const places = first.counts.flatMap((_, place) =>
    rows.some(({ counts }) => counts[place]) ? [place] : [],
  );
  return (
    <details className="px-4 py-2 text-sm">
      <summary className="w-fit text-muted hover:text-ink">The same in numbers</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1). */}
      <section aria-label="Failed handshakes in numbers" tabIndex={0} className="mt-2 max-h-72 overflow-auto">
        <table className="text-sm">
          <caption className="sr-only">Failed handshakes of each {unit}, by cause</caption>
          <thead>
            <tr>
              <th scope="col" className="pr-4 text-left font-medium text-muted text-xs">
                UTC
              </th>
              {rows.map(({ title }) => (
                <th key={title} scope="col" className="px-2 text-right font-medium text-muted text-xs">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {places.toReversed().map((place) => (
              <tr key={place}>
                <th scope="row" className="whitespace-nowrap pr-4 text-left font-normal">
                  {absoluteTime(new Date(from.getTime() + place * step)).slice(0, unit === "hour" ? 16 : 10)}
                </th>
                {rows.map(({ title, counts }) => (
                  <td key={title} className="px-2 text-right">
                    {count(counts[place] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

const count = (number: number) => number.toLocaleString("en");
