import type { FailureIdentity } from "./failure-group.ts";
import type { FailedHandshake } from "./handshake-batch.ts";
import { encodedValues, type JsonTable, type Provider, storable } from "./json-rows.ts";

/** A row of the table of events, made as far as it can be before anything is read: others wait for the rest. */
export interface EncodedEvent {
  id: string;
  peer: string;
  certificateId: string | null;
  /** Bytes of its lines. */
  size: number;
  /** The values behind those of `KNOWN_LATE`. */
  rest: string;
}

/** What depends on the failures that there are. */
const KNOWN_LATE = { id: "text", failureId: "text", presentedName: "text" } as const;

const REST: JsonTable = {
  name: "HandshakeEvent",
  columns: {
    ...{ at: "time", receivedAt: "time", proxyId: "text", serviceId: "text", clientId: "text" },
    ...{ certificateId: "text", cause: "text", certainty: "text", candidates: "text", direction: "text" },
    ...{ tls: "text", peer: "text", lines: "text" },
  },
};

export const EVENTS: JsonTable = { ...REST, columns: { ...KNOWN_LATE, ...REST.columns } };

/** Of all lines of one handshake. */
export const LINES_LENGTH_MAX = 4_096;
const PEER_MAX = 100;

/** @param event with times in milliseconds */
export function encodedEvent(
  provider: Provider,
  { id, at, receivedAt, ...identity }: FailureIdentity & { id: string; at: number; receivedAt: number },
  { diagnosis, tls, peer: address, lines: raw }: FailedHandshake,
): EncodedEvent {
  const { proxyId, serviceId, clientId, cause } = identity;
  const { certificate: certificateId, certainty, candidates, direction } = diagnosis;
  const lines = storable(raw.join("\n"), LINES_LENGTH_MAX);
  const peer = storable(address ?? "", PEER_MAX);
  const rest = encodedValues(provider, REST, {
    ...{ at, receivedAt, proxyId, serviceId, clientId, certificateId, cause, certainty, direction },
    ...{ candidates: JSON.stringify(candidates), tls: tls ?? "", peer, lines },
  });
  return { id, peer, certificateId, size: Buffer.byteLength(lines), rest };
}

/** The whole row, as a JSON array. */
export function eventRow(
  { id, rest }: EncodedEvent,
  { failureId, presentedName }: { failureId: string; presentedName: string },
): string {
  return `[${JSON.stringify([id, failureId, presentedName]).slice(1, -1)},${rest}]`;
}

/** Its lines, for when it is not stored. */
export function linesOfEvent({ rest }: Pick<EncodedEvent, "rest">): string[] {
  const values = JSON.parse(`[${rest}]`) as unknown[]; // written by encodedEvent only
  return String(values.at(-1)).split("\n");
}
