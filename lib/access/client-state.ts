import { untoldGrant } from "#lib/access/untold-use.ts";

/** How a client is doing; `expired` and `unused` are active ones that somebody should look at. */
export const CLIENT_STATES = ["active", "unused", "suspended", "expired", "retired"] as const;
export type ClientState = (typeof CLIENT_STATES)[number];

/** What a list of clients can be narrowed to: a state, or those that stop working within days. */
export const LISTED_STATES = [...CLIENT_STATES, "ending"] as const;
export type ListedState = (typeof LISTED_STATES)[number];

/** So long without use a client is worth a question. */
export const UNUSED_DAYS = 90;

const DAY_MS = 24 * 3_600_000;

/** What the state of a client follows from. */
export interface ClientStateFacts {
  status: string;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

/**
 * How a client is doing.
 *
 * @param isUseTold false when it may call a service of which nobody tells who calls it (untold-use.ts): then nobody
 *   can say that it is not used
 */
export function clientState(
  { status, expiresAt, lastUsedAt, createdAt }: ClientStateFacts,
  now: Date,
  isUseTold: boolean,
): ClientState {
  if (status === "suspended" || status === "retired") return status;
  if (expiresAt !== null && expiresAt <= now) return "expired";
  return isUseTold && (lastUsedAt ?? createdAt) < unusedBefore(now) ? "unused" : "active";
}

/** The same as a condition of a query. @param untold ids of services of which nobody tells who calls them */
export function inClientState(state: ClientState, now: Date, untold: readonly string[]) {
  if (state === "suspended" || state === "retired") return { status: state };
  const isActive = { status: "active" };
  if (state === "expired") return { ...isActive, expiresAt: { lte: now } };
  const lasts = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  const before = unusedBefore(now);
  const used = [{ lastUsedAt: { gte: before } }, { lastUsedAt: null, createdAt: { gte: before } }];
  const unused = [{ lastUsedAt: { lt: before } }, { lastUsedAt: null, createdAt: { lt: before } }];
  if (untold.length === 0) {
    return { ...isActive, AND: [lasts, { OR: state === "unused" ? unused : used }] };
  }
  const mayCall = { some: untoldGrant(untold, now) };
  return state === "unused"
    ? { ...isActive, AND: [lasts, { OR: unused }, { NOT: { grants: mayCall } }] }
    : { ...isActive, AND: [lasts, { OR: [...used, { grants: mayCall }] }] };
}

const unusedBefore = (now: Date) => new Date(now.getTime() - UNUSED_DAYS * DAY_MS);
