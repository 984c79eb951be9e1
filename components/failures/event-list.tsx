import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Pagination } from "#components/ui/pagination.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Scroller } from "#components/ui/scroller.tsx";
import { causeTitle } from "#lib/handshake/cause-title.ts";
import type { ShownEvent } from "#lib/handshake/failure-read.ts";

interface EventListProps {
  events: readonly ShownEvent[];
  /** Of all that were seen; events are forgotten earlier than failures. */
  count: number;
  /** What the failure is called: an event of which the cause differs says so. */
  cause: string;
  firstHref: string;
  isFirst: boolean;
  nextHref: string | null;
}

/** The handshakes of a failure, the newest first, with their lines as they came. */
export function EventList({ events, count, cause, firstHref, isFirst, nextHref }: EventListProps) {
  return (
    <Card
      title="Handshakes"
      description="The newest first, each with the lines of the log as they came."
      padding="none"
    >
      {events.length === 0 ? (
        <EmptyState
          title={isFirst ? "Their lines are forgotten" : "These were all"}
          description={
            isFirst
              ? "Lines are kept for a time and up to a size; how often it was seen is known on."
              : "There is no earlier one whose lines are kept."
          }
          action={!isFirst && <ButtonLink href={firstHref}>Newest</ButtonLink>}
        />
      ) : (
        <>
          <ol aria-label="Handshakes" className="divide-y divide-line">
            {events.map((event) => (
              <li key={event.id} className="flex min-w-0 flex-col gap-1.5 px-4 py-3">
                <p className="flex flex-wrap gap-x-3 text-sm">
                  <RelativeTime time={event.at} show="both" />
                  {event.peer !== "" && <span className="text-muted">from {harmless(event.peer)}</span>}
                  {event.tls !== "" && <span className="text-muted">TLS {harmless(event.tls)}</span>}
                  {event.cause !== cause && <span className="text-warn">{causeTitle(event.cause)}</span>}
                </p>
                <RawLines lines={event.lines} />
              </li>
            ))}
          </ol>
          <Pagination
            summary={`${events.length} of ${count.toLocaleString("en")} seen, the newest first`}
            newerHref={isFirst ? undefined : firstHref}
            olderHref={nextHref ?? undefined}
            labels={{ newer: "Newest", older: "Older" }}
          />
        </>
      )}
    </Card>
  );
}

/** As they came, but for what would deceive a reader; broken into as many lines as it takes. */
function RawLines({ lines }: { lines: readonly string[] }) {
  const text = lines.map(harmless).join("\n");
  const label = lines.length === 1 ? "log line" : "log lines";
  return (
    <div className="flex min-w-0 items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <Scroller label={label} className="max-h-48 min-w-0 flex-1 overflow-y-auto py-1">
        <pre className="whitespace-pre-wrap font-mono text-xs leading-5 [overflow-wrap:anywhere]">{text}</pre>
      </Scroller>
      <CopyButton text={text} label={label} />
    </div>
  );
}
