import { idsFrom, newId } from "#lib/id.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { EventTime } from "./event-time.ts";

/** What a proxy sent at once, after parsing, joining and diagnosis. */
export interface HandshakeBatch {
  proxyId: string;
  /** Of the sender: the same one is stored once. At most 200 characters. Null for what was sent before and waited. */
  batchId: string | null;
  counts: LineCounts;
  failed: readonly FailedHandshake[];
  succeeded: readonly SucceededHandshake[];
  /** Some lines that no parser understood. */
  notUnderstood: readonly string[];
}

/** What became of lines. */
export interface LineCounts {
  taken: number;
  matched: number;
  ignored: number;
  notUnderstood: number;
}

/** A handshake that failed, or should have. */
export interface FailedHandshake extends EventTime {
  /** Empty when it is not known. */
  serviceId: string;
  diagnosis: Diagnosis;
  tls: string | null;
  /** Address of the other side: of the client, or of the upstream. */
  peer: string | null;
  /** Raw. */
  lines: readonly string[];
}

/** A handshake that went well: it shows that a failure is over. */
export interface SucceededHandshake extends EventTime {
  serviceId: string;
  direction: "inbound" | "upstream";
  /** Whose certificate it is; null for none of ours. */
  clientId: string | null;
  /** All names by which a failure would have called it: of the client, and those in the certificate. */
  names: readonly string[];
  /** Of the inventory. */
  certificateId: string | null;
  /** Address of the other side. */
  peer: string | null;
  /** Where its request was answered, behind the proxy: a handshake with that upstream went well, too. */
  upstream?: string | null;
}

/** More come in several batches: a transaction holds everybody else's up. */
export const HANDSHAKES_MAX = 1_000;

const ONCE = "once-";

/**
 * An id for lines of which the sender knows none: only this process may hand them over again, while it is not known
 * whether they were stored. It need not be known for long: there are several in a second.
 */
export function passingBatchId(): string {
  return ONCE + newId();
}

/** Between which ids those are that were made before a time. @param at in milliseconds */
export function passingBatchIds(at: number): [from: string, to: string] {
  return [ONCE, ONCE + idsFrom(at)];
}
