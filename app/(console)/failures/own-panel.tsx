import { type FailuresOf, OwnFailures } from "#components/failures/own-failures.tsx";
import type { UserActor } from "#lib/authorization/actor.ts";
import { listFailures } from "#lib/handshake/failure-list.ts";
import { installation } from "#lib/installation.ts";

const SHOWN = 5;

interface OwnFailuresPanelProps {
  actor: UserActor;
  of: FailuresOf;
  /** Its id; of services and proxies the short name. */
  reference: string;
}

/** What fails of one thing now, on its page; nothing while nothing does. */
export async function OwnFailuresPanel({ actor, of, reference }: OwnFailuresPanelProps) {
  const { failures, next } = await listFailures(installation(), actor, { [of]: reference, limit: SHOWN });
  if (failures.length === 0) return null;
  const href = `/failures?${new URLSearchParams({ [of]: reference })}`;
  return <OwnFailures of={of} failures={failures} hasMore={next !== null} href={href} />;
}
