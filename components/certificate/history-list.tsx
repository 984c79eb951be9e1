import { capitalised } from "#components/audit/audit-words.ts";
import { type ChangedFact, changedFacts } from "#components/audit/changed-facts.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { actionName } from "#lib/audit/action-names.ts";
import type { AuditEventView } from "#lib/audit/read.ts";

/** Longer values are told in the audit trail. */
const VALUE_MAX = 200;

/** What happened to one thing, the newest first: who, what, and what it changed. */
export function HistoryList({ events }: { events: readonly AuditEventView[] }) {
  return (
    <ol className="flex flex-col gap-3">
      {events.map((event) => (
        <li key={event.sequence} className="min-w-0">
          <p className="break-words">
            {capitalised(actionName(event.action))}
            {event.outcome !== "done" && <span className="text-warn"> ({event.outcome})</span>}
          </p>
          <Changes facts={changedFacts(event.details) ?? []} />
          <p className="break-words text-muted text-sm">
            {event.actor.name}, <RelativeTime time={event.at} />
          </p>
        </li>
      ))}
    </ol>
  );
}

function Changes({ facts }: { facts: readonly ChangedFact[] }) {
  const changed = facts.filter(({ before, after }) => before !== after);
  if (changed.length === 0) return null;
  return (
    <ul className="text-sm [overflow-wrap:anywhere]">
      {changed.map(({ path, before, after }) => (
        <li key={path}>
          <span className="text-muted">{path}:</span> <del className="text-muted">{shown(before)}</del>{" "}
          <ins className="no-underline">{shown(after)}</ins>
        </li>
      ))}
    </ul>
  );
}

function shown(value: string): string {
  if (value === "") return "nothing";
  return value.length > VALUE_MAX ? `${value.slice(0, VALUE_MAX)}…` : value;
}
