import { createHash } from "node:crypto";

/**
 * The audit chain: each event carries the hash of the one before, and its own hash covers that
 * and everything it says, so that an event cannot be changed, taken out or put in unseen.
 */

/** What an event says, without its place in the chain. */
export interface AuditFacts {
  /** Whole seconds, UTC. */
  at: Date;
  actorKind: string;
  actorId: string;
  actorName: string;
  /** Stable code, e.g. `certificate.issued`. */
  action: string;
  objectKind: string;
  objectId: string;
  objectName: string;
  outcome: "done" | "refused" | "attempted" | "failed";
  requestId: string;
  /** JSON text; never holds a secret. */
  details: string;
}

/** An event in its place. */
export interface ChainedEvent extends AuditFacts {
  sequence: number;
  previous: string;
  hash: string;
}

/** Where the chain ends. */
export interface ChainHead {
  auditSequence: number;
  auditHead: string;
}

/** Puts facts behind the head, in order. */
export function chain(head: ChainHead, facts: readonly AuditFacts[]): ChainedEvent[] {
  let sequence = head.auditSequence;
  let previous = head.auditHead;
  return facts.map((fact) => {
    const event = { sequence: ++sequence, previous, ...fact };
    previous = eventHash(event);
    return { ...event, hash: previous };
  });
}

/**
 * The hash of an event: SHA-256 over its fields as a JSON array in a fixed order, so that no two
 * different events give the same bytes.
 */
export function eventHash(event: Omit<ChainedEvent, "hash">): string {
  return createHash("sha256")
    .update(
      JSON.stringify([
        event.previous,
        event.sequence,
        event.at.getTime() / 1000,
        event.actorKind,
        event.actorId,
        event.actorName,
        event.action,
        event.objectKind,
        event.objectId,
        event.objectName,
        event.outcome,
        event.requestId,
        event.details,
      ]),
    )
    .digest("hex");
}

/** What is wrong with a stretch of the chain, or null. */
export interface ChainFault {
  sequence: number;
  detail: string;
}

/**
 * Follows a stretch of events.
 *
 * @param events in order of their sequence
 * @param before the head just before the first of them
 */
export function findFault(events: readonly ChainedEvent[], before: ChainHead): ChainFault | null {
  let { auditSequence: sequence, auditHead: previous } = before;
  for (const event of events) {
    if (event.sequence !== sequence + 1) {
      return { sequence: event.sequence, detail: `Event ${sequence + 1} is missing.` };
    }
    if (event.previous !== previous) {
      return { sequence: event.sequence, detail: `Event ${event.sequence} does not follow the one before.` };
    }
    if (event.hash !== eventHash(event)) {
      return {
        sequence: event.sequence,
        detail: `Event ${event.sequence} was changed after it was written.`,
      };
    }
    sequence = event.sequence;
    previous = event.hash;
  }
  return null;
}
