import type { ReactNode } from "react";
import { Card } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { LogRecord } from "#lib/handshake/log-findings.ts";

/** What came of a proxy's log since it was first sent. */
export function LogFigures({ record }: { record: LogRecord }) {
  const { firstAt, lastAt, taken, matched, ignored, notUnderstood, failedAt, succeededAt } = record;
  return (
    <Card title="What came">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 xl:grid-cols-4">
        <Figure term="Lines">{taken.toLocaleString("en")}</Figure>
        <Figure term="Of handshakes">{matched.toLocaleString("en")}</Figure>
        <Figure term="Of other things">{ignored.toLocaleString("en")}</Figure>
        <Figure term="Not understood">{notUnderstood.toLocaleString("en")}</Figure>
        <Figure term="First lines">
          <RelativeTime time={firstAt} />
        </Figure>
        <Figure term="Last lines">
          <RelativeTime time={lastAt} />
        </Figure>
        <Figure term="Last that failed">
          <Moment time={failedAt} />
        </Figure>
        <Figure term="Last that went well">
          <Moment time={succeededAt} />
        </Figure>
      </dl>
    </Card>
  );
}

function Figure({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-sm">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function Moment({ time }: { time: Date | null }) {
  return time === null ? <span className="text-muted">none yet</span> : <RelativeTime time={time} />;
}
