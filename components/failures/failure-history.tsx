import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ShownFailure } from "#lib/handshake/failure-read.ts";

/** One that fails every other minute has many. */
const SHOWN = 8;

/** What became of a failure, by whom and why. */
export function FailureHistory({ failure: { changes, firstSeenAt } }: { failure: ShownFailure }) {
  const earlier = changes.slice(SHOWN);
  return (
    <Card title="History">
      <Changes changes={changes.slice(0, SHOWN)} />
      {earlier.length > 0 && (
        <details className="mt-3">
          <summary className="w-fit text-muted text-sm hover:text-ink">{earlier.length} earlier</summary>
          <div className="mt-3">
            <Changes changes={earlier} />
          </div>
        </details>
      )}
      <p className={changes.length === 0 ? "" : "mt-3"}>
        First seen{" "}
        <span className="text-muted">
          <RelativeTime time={firstSeenAt} />
        </span>
      </p>
    </Card>
  );
}

function Changes({ changes }: { changes: ShownFailure["changes"] }) {
  return (
    <ol className="flex flex-col gap-3">
      {changes.map(({ at, what, actorName, why }) => (
        <li key={`${at.toISOString()} ${what} ${why}`} className="min-w-0">
          <p className="[overflow-wrap:anywhere]">
            <span className="font-medium">{WORDS[what] ?? what}</span>
            {why !== "" && <span className="text-muted">. {harmless(why)}</span>}
          </p>
          <p className="text-muted text-sm">
            {actorName === "" ? "by itself" : harmless(actorName)}, <RelativeTime time={at} />
          </p>
        </li>
      ))}
    </ol>
  );
}

const WORDS: Record<string, string> = {
  resolved: "Resolved",
  reopened: "Opened again",
  muted: "Muted",
  unmuted: "No longer muted",
  assigned: "Assigned",
};
