import { AsyncLocalStorage } from "node:async_hooks";
import type { GenericEndpointContext } from "better-auth";

/**
 * Work of ours that better-auth runs inside a request: after its limits per address, so that a
 * flood reaches neither the audit trail nor the counters, and before it does anything itself.
 * What it throws as APIError is the answer.
 */
export type DoorWork = (context: GenericEndpointContext) => Promise<void>;

export const atTheDoor = new AsyncLocalStorage<DoorWork>();
