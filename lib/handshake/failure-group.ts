import { hash } from "node:crypto";
import { newId } from "#lib/id.ts";
import { believedTime } from "./believed-time.ts";
import { type EncodedEvent, encodedEvent } from "./event-row.ts";
import type { FailedHandshake } from "./handshake-batch.ts";
import { type Provider, storable } from "./json-rows.ts";
import { type LatestFacts, latestFacts } from "./latest-facts.ts";

/** What the events of one failure have in common. */
export interface FailureIdentity {
  proxyId: string;
  serviceId: string;
  /** Empty for none of ours. */
  clientId: string;
  /** Of a client its name, which does not count. Empty when nobody said a name. */
  presentedName: string;
  cause: FailedHandshake["diagnosis"]["cause"];
}

/** An event with all that is made of it before it is stored. Goes from thread to thread. */
export interface PlacedEvent extends FailureIdentity, EncodedEvent {
  key: string;
  at: number;
  /** What its failure has of it; of the last one of each failure only. */
  latest: LatestFacts | null;
}

/** Stands for the names of strangers of whom there were too many to tell apart. */
export const OTHERS = "*";

const NAME_MAX = 200;

/** A name of who came, as failures have it. */
export function storedName(name: string): string {
  return storable(name, NAME_MAX);
}

/** Events in the order of their times, each with the failure it is of. @param receivedAt in milliseconds */
export function placedEvents(
  provider: Provider,
  proxyId: string,
  failed: readonly FailedHandshake[],
  receivedAt: number,
): PlacedEvent[] {
  const keys = new Map<string, string>();
  const placed = failed
    .map((handshake) => {
      const { client, cause } = handshake.diagnosis;
      const identity = {
        proxyId,
        serviceId: handshake.serviceId,
        clientId: client?.id ?? "",
        presentedName: storedName(client?.name ?? ""),
        cause,
      };
      const at = believedTime(handshake, receivedAt);
      return { identity, key: failureKey(identity, keys), at, handshake };
    })
    .sort((a, b) => a.at - b.at);
  const lastOf = new Map(placed.map(({ key }, place) => [key, place]));
  return placed.map(({ identity, key, at, handshake }, place) => ({
    ...{ ...identity, key, at },
    ...encodedEvent(provider, { ...identity, id: newId(), at, receivedAt }, handshake),
    latest: lastOf.get(key) === place ? latestFacts(handshake.diagnosis) : null,
  }));
}

/** Two events with the same key are of one failure. @param known keys that were made before */
function failureKey(
  { proxyId, serviceId, clientId, presentedName, cause }: FailureIdentity,
  known: Map<string, string>,
): string {
  const who = clientId === "" ? ["", presentedName] : [clientId];
  const identity = JSON.stringify([proxyId, serviceId, cause, ...who]);
  let key = known.get(identity);
  if (key === undefined) {
    key = hash("sha256", identity, "hex").slice(0, 40);
    known.set(identity, key);
  }
  return key;
}

/** The same event as one of nobody in particular. @param known keys that were made before */
export function amongOthers(event: PlacedEvent, known: Map<string, string>): PlacedEvent {
  const among = { ...event, presentedName: OTHERS };
  return { ...among, key: failureKey(among, known) };
}

/** Whether it is of somebody who is none of ours, and has a name. */
export function isStranger({ clientId, presentedName }: FailureIdentity): boolean {
  return clientId === "" && presentedName !== "";
}
