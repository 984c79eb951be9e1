import Link from "next/link";
import { FailureSparkline } from "#components/failures/failure-sparkline.tsx";
import { certaintyWords, comebackWords, shortWho, whoWords } from "#components/failures/failure-words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { remedyWords } from "#lib/handshake/action.ts";
import { causeTitle } from "#lib/handshake/cause-title.ts";
import type { ListedFailure } from "#lib/handshake/failure-view.ts";

/** Failures, worst first: what fails and what to do, whose it is, where, how much and since when. */
export function FailureTable({ failures }: { failures: readonly ListedFailure[] }) {
  return (
    <Table label="Failures, worst first">
      <TableHead>
        <HeaderCell>What fails, and what mends it</HeaderCell>
        <HeaderCell>Who</HeaderCell>
        <HeaderCell>Where</HeaderCell>
        <HeaderCell>Last 36 hours</HeaderCell>
        <HeaderCell align="end">In all</HeaderCell>
        <HeaderCell>Last seen</HeaderCell>
        <HeaderCell>Assigned to</HeaderCell>
      </TableHead>
      <TableBody>
        {failures.map((failure) => (
          <FailureLine key={failure.id} failure={failure} />
        ))}
      </TableBody>
    </Table>
  );
}

function FailureLine({ failure }: { failure: ListedFailure }) {
  const { id, cause, count, hours, assignee } = failure;
  const comeback = comebackWords(failure);
  return (
    <Row>
      <Cell className="sm:w-full sm:max-w-0">
        <span className="flex min-w-0 flex-col">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <RowLink href={`/failures/${id}`}>{causeTitle(cause)}</RowLink>
            <span className="text-muted text-xs">{certaintyWords(failure)}</span>
            {comeback !== null && <Badge tone="warn">{comeback}</Badge>}
          </span>
          <span className="text-muted text-xs sm:truncate" title={remedyWords(cause)}>
            {remedyWords(cause)}
          </span>
        </span>
      </Cell>
      <Cell label="Who">
        <Who failure={failure} />
      </Cell>
      <Cell label="Where">
        <Where failure={failure} />
      </Cell>
      <Cell label="Last 36 hours">
        <FailureSparkline hours={hours} />
      </Cell>
      <Cell label="In all" align="end">
        {count.toLocaleString("en")}
      </Cell>
      <Cell label="Last seen">
        <When failure={failure} />
      </Cell>
      <Cell label="Assigned to">
        {assignee === null ? (
          <span className="text-muted">nobody</span>
        ) : (
          <span className="block max-w-28 truncate" title={harmless(assignee.name)}>
            {harmless(assignee.name)}
          </span>
        )}
      </Cell>
    </Row>
  );
}

/** When it failed last, and what became of it. */
function When({ failure }: { failure: ListedFailure }) {
  const { firstSeenAt, lastSeenAt, state, stateBy, stateSince, muteUntil, muteRate } = failure;
  return (
    <span className="flex min-w-0 flex-col">
      <RelativeTime time={lastSeenAt} />
      <span className="whitespace-normal text-muted text-xs sm:w-32">
        {state === "open" ? (
          <>
            first <RelativeTime time={firstSeenAt} />
          </>
        ) : state === "resolved" ? (
          <>
            resolved {stateBy === "handshake" ? "itself" : "by hand"} <RelativeTime time={stateSince} />
          </>
        ) : (
          <>
            back {muteUntil !== null && <RelativeTime time={muteUntil} />}
            {muteUntil !== null && muteRate !== null && ", or "}
            {muteRate !== null && "when it gets worse"}
          </>
        )}
      </span>
    </span>
  );
}

const NAME = "line-clamp-2 whitespace-normal [overflow-wrap:anywhere] sm:w-48 2xl:w-60";

function Who({ failure }: { failure: ListedFailure }) {
  const { client, presentedName, isOfMany, direction } = failure;
  const who = whoWords(failure);
  if (client !== null) {
    return (
      <span className={NAME}>
        <Link href={`/clients/${client.id}`} prefetch={false} className="text-link">
          {who}
        </Link>
      </span>
    );
  }
  return (
    <span className="flex min-w-0 flex-col">
      <span className={NAME} title={who}>
        {shortWho(failure)}
      </span>
      {presentedName !== "" && !isOfMany && direction === "inbound" && (
        <span className="text-muted text-xs">not a client</span>
      )}
    </span>
  );
}

function Where({ failure: { service, proxy, direction } }: { failure: ListedFailure }) {
  const at = proxy === null ? "a proxy that is gone" : harmless(proxy.name);
  return (
    <span className="flex min-w-0 flex-col">
      <span className={NAME} title={service === null ? undefined : harmless(service.name)}>
        {direction === "upstream" ? "behind " : ""}
        {service === null ? <span className="text-muted">no service known</span> : harmless(service.name)}
      </span>
      <span className={`${NAME} text-muted text-xs`} title={at}>
        {direction === "upstream" ? "from" : "through"} {at}
      </span>
    </span>
  );
}
