import type { ComparisonRow } from "#components/certificate/request-comparison.ts";
import { Badge } from "#components/ui/badge.tsx";

const COLUMNS = "sm:grid sm:grid-cols-[13rem_minmax(0,1fr)_minmax(0,1fr)] sm:gap-x-6";

/** What a signing request asks, beside what will be issued. */
export function RequestComparisonTable({ rows }: { rows: readonly ComparisonRow[] }) {
  return (
    <>
      <div aria-hidden className={`border-line border-b pb-1.5 text-muted text-xs max-sm:hidden ${COLUMNS}`}>
        <span />
        <span>It asks</span>
        <span>Will be issued</span>
      </div>
      <dl className="divide-y divide-line">
        {rows.map((row) => (
          <div key={row.label} className={`py-2.5 last:pb-0 ${COLUMNS}`}>
            <dt className="flex flex-wrap items-center gap-x-2 gap-y-1 self-start font-medium">
              {row.label}
              {row.reason !== null && <Badge tone="warn">changed</Badge>}
            </dt>
            <Side title="It asks" texts={row.asked} />
            <Side title="Will be issued" texts={row.issued} />
            {row.reason !== null && (
              <dd className="mt-1 text-muted text-sm sm:col-span-2 sm:col-start-2">{row.reason}</dd>
            )}
          </div>
        ))}
      </dl>
    </>
  );
}

function Side({ title, texts }: { title: string; texts: readonly string[] }) {
  return (
    <dd className="min-w-0 max-sm:mt-1">
      <span className="block text-muted text-xs sm:sr-only">{title}</span>
      {texts.length === 0 ? (
        <span className="text-muted">nothing</span>
      ) : (
        <ul>
          {texts.map((text) => (
            <li key={text} className="break-words">
              {text}
            </li>
          ))}
        </ul>
      )}
    </dd>
  );
}
