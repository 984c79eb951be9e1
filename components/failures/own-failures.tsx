import { FailureSparkline } from "#components/failures/failure-sparkline.tsx";
import { certaintyWords, stateNote, whoWords } from "#components/failures/failure-words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Cell, Row, Table, TableBody } from "#components/ui/table.tsx";
import { causeTitle } from "#lib/handshake/cause-title.ts";
import type { ListedFailure } from "#lib/handshake/failure-view.ts";

/** On whose page they stand: what needs not be said again in each line. */
export type FailuresOf = "certificate" | "client" | "service" | "proxy";

interface OwnFailuresProps {
  of: FailuresOf;
  /** The open ones, worst first; at least one. */
  failures: readonly ListedFailure[];
  /** Whether there are more of them. */
  hasMore: boolean;
  /** The list of all of them. */
  href: string;
}

/** What fails of one client, certificate, service or proxy now. */
export function OwnFailures({ of, failures, hasMore, href }: OwnFailuresProps) {
  return (
    <Card
      title="Failed handshakes"
      padding="none"
      actions={
        <ButtonLink href={href} size="sm" variant="quiet">
          {hasMore ? "All of them" : "See in Failures"}
        </ButtonLink>
      }
    >
      <Table label={`Open failures of this ${of}, worst first`}>
        <TableBody>
          {failures.map((failure) => (
            <FailureLine key={failure.id} of={of} failure={failure} />
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function FailureLine({ of, failure }: { of: FailuresOf; failure: ListedFailure }) {
  const note = stateNote(failure);
  return (
    <Row>
      <Cell wrap>
        <span className="flex min-w-0 flex-col">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <RowLink href={`/failures/${failure.id}`}>{causeTitle(failure.cause)}</RowLink>
            <span className="text-muted text-xs">{certaintyWords(failure)}</span>
            {note !== null && <Badge tone="warn">{note}</Badge>}
          </span>
          <span className="text-muted text-sm [overflow-wrap:anywhere]">{placeWords(of, failure)}</span>
        </span>
      </Cell>
      <Cell label="Last 36 hours">
        <FailureSparkline hours={failure.hours} />
      </Cell>
      <Cell label="In all" align="end">
        {failure.count.toLocaleString("en")}
      </Cell>
      <Cell label="Last seen" align="end">
        <RelativeTime time={failure.lastSeenAt} />
      </Cell>
    </Row>
  );
}

/** Who failed where, without what the page is about. */
function placeWords(of: FailuresOf, failure: ListedFailure): string {
  const { service, proxy, direction } = failure;
  const parts = [
    ...(of === "client" ? [] : [whoWords(failure)]),
    ...(of === "service" || service === null
      ? []
      : [`${direction === "upstream" ? "behind" : "at"} ${harmless(service.name)}`]),
    ...(of === "proxy" ? [] : [`through ${proxy === null ? "a proxy that is gone" : harmless(proxy.name)}`]),
  ];
  return parts.join(" ");
}
