import type { ReactNode } from "react";
import type { ComparisonRow } from "#components/certificate/request-comparison.ts";
import { Badge } from "#components/ui/badge.tsx";

/** What a signing request asks, beside what will be issued. */
export function RequestComparisonTable({ rows }: { rows: readonly ComparisonRow[] }) {
  return (
    <dl className="divide-y divide-line">
      {rows.map((row) => (
        <div key={row.label} className="py-2.5 first:pt-0 last:pb-0">
          <dt className="flex flex-wrap items-center gap-2 font-medium">
            {row.label}
            {row.reason !== null && <Badge tone="warn">changed</Badge>}
          </dt>
          <dd className="mt-1 grid gap-x-6 gap-y-1.5 sm:grid-cols-2">
            <Side title="asks">{row.asked}</Side>
            <Side title="will be issued">{row.issued}</Side>
          </dd>
          {row.reason !== null && <dd className="mt-1 text-muted text-sm">{row.reason}</dd>}
        </div>
      ))}
    </dl>
  );
}

function Side({ title, children }: { title: string; children: readonly string[] }): ReactNode {
  return (
    <div className="min-w-0">
      <span className="block text-faint text-xs">{title}</span>
      {children.length === 0 ? (
        <span className="text-muted">nothing</span>
      ) : (
        <ul>
          {children.map((text) => (
            <li key={text} className="break-words">
              {text}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
