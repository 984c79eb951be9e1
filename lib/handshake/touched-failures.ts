import { newId } from "#lib/id.ts";
import type { ChangedFailure } from "./failure-changes.ts";
import type { PlacedEvent } from "./failure-group.ts";
import type { FailureRow } from "./failure-row.ts";
import { afterEvents, newFailure } from "./failure-state.ts";

/** A failure after the events of a batch. */
export interface TouchedFailure extends FailureRow {
  isNew: boolean;
}

/**
 * What events make of failures: those that there are, and those that begin.
 *
 * @param events in the order of their times
 * @param found failures that there are, by key
 * @param receivedAt in milliseconds
 * @returns those that are touched, by key; and those that came into another state
 */
export function touchedFailures(
  events: readonly PlacedEvent[],
  found: ReadonlyMap<string, FailureRow>,
  receivedAt: number,
): { rows: Map<string, TouchedFailure>; changes: ChangedFailure[] } {
  const rows = new Map<string, TouchedFailure>();
  const changes: ChangedFailure[] = [];
  for (const [key, ofFailure] of Map.groupBy(events, (event) => event.key)) {
    const last = ofFailure.at(-1);
    if (last === undefined) continue;
    const times = ofFailure.map(({ at }) => at);
    const addresses = [...new Set(ofFailure.flatMap(({ peer }) => peer || []))];
    const known = found.get(key);
    if (known === undefined) {
      const facts = { ...factsOf(last), id: newId(), certificateId: null };
      rows.set(key, { ...newFailure(times, addresses), ...facts, ...latestOf(last, null), isNew: true });
      continue;
    }
    const { after, change } = afterEvents(known, times, addresses, receivedAt);
    if (change !== null) changes.push({ ...change, failureId: known.id });
    const latest = last.at >= known.lastSeenAt ? latestOf(last, known.certificateId) : {};
    rows.set(key, { ...known, ...after, ...latest, isNew: false });
  }
  return { rows, changes };
}

function factsOf({ key, proxyId, serviceId, clientId, presentedName, cause }: PlacedEvent) {
  return { key, proxyId, serviceId, clientId, presentedName, cause };
}

/** What a failure has of its last event. @param certificateId that it had before */
function latestOf({ latest, presentedName }: PlacedEvent, certificateId: string | null) {
  if (latest === null) throw new TypeError("the last event of a failure has what the failure shows");
  return { ...latest, presentedName, certificateId: latest.certificateId ?? certificateId };
}
