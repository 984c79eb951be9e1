import { changedFacts } from "#components/audit/changed-facts.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import type { AuditEventView } from "#lib/audit/read.ts";

/** Everything that an event says: what it changed first, then the whole of it. */
export function EventDetails({ event }: { event: AuditEventView }) {
  const changes = changedFacts(event.details);
  return (
    <div className="grid min-w-0 gap-4 py-2 xl:grid-cols-2">
      <DescriptionList>
        <Description term="Event">{event.sequence}</Description>
        <Description term="Action">
          <code className="font-mono">{event.action}</code>
        </Description>
        <Description term="Who">
          {event.actor.kind} <code className="break-all font-mono">{event.actor.id}</code>
        </Description>
        <Description term="To what">
          {event.object.kind} <code className="break-all font-mono">{event.object.id}</code>
        </Description>
        <Description term="Request">
          {event.requestId === "" ? (
            "none: Countersign did it by itself"
          ) : (
            <Copyable text={event.requestId} label="request id" />
          )}
        </Description>
        <Description term="Hash">
          <Copyable text={event.hash} label="hash" group={8} />
        </Description>
      </DescriptionList>
      <div className="flex min-w-0 flex-col gap-3">
        {changes !== null && changes.length > 0 && (
          <dl className="flex flex-col gap-1.5">
            {changes.map(({ path, before, after }) => (
              <div key={path} className="break-words">
                <dt className="font-mono text-muted text-xs">{path}</dt>
                <dd>
                  <del className="text-muted">{before}</del> → {after}
                </dd>
              </div>
            ))}
          </dl>
        )}
        <CodeBlock
          title="Details as recorded"
          code={JSON.stringify(event.details, null, 2)}
          label="details of the event"
          maxLines={16}
        />
      </div>
    </div>
  );
}
