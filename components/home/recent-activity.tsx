import Link from "next/link";
import { objectHref } from "#components/audit/audit-words.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { actionName } from "#lib/audit/action-names.ts";
import type { AuditEventView } from "#lib/audit/read.ts";

/** The newest audit events, a sentence each. */
export function RecentActivity({ events }: { events: readonly AuditEventView[] }) {
  return (
    <ul className="divide-y divide-line">
      {events.map((event) => {
        const href = objectHref(event);
        const isOwnAccount = event.object.id === event.actor.id;
        return (
          <li key={event.sequence} className="flex items-baseline justify-between gap-4 px-4 py-1.5 text-sm">
            <span className="min-w-0 break-words">
              <span className="text-muted" title={event.actor.name}>
                {shortName(event.actor.name)}
              </span>{" "}
              {actionName(event.action)}
              {event.outcome !== "done" && <span className="text-warn"> ({event.outcome})</span>}
              {!isOwnAccount && (
                <>
                  {": "}
                  {href === null ? (
                    event.object.name
                  ) : (
                    <Link href={href} prefetch={false} className="text-link">
                      {event.object.name}
                    </Link>
                  )}
                </>
              )}
            </span>
            <span className="shrink-0 text-muted">
              <RelativeTime time={event.at} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** A person without the address: "Ada Admin" of "Ada Admin <ada@example.test>". */
function shortName(name: string): string {
  return name.replace(/ <[^<>]*>$/, "");
}
