import { heatOf, isWorse, joinedHeat, rateOf } from "./heat.ts";

export const FAILURE_STATES = ["open", "resolved", "muted"] as const;
export type FailureStateName = (typeof FAILURE_STATES)[number];

/** What decides what becomes of a failure. Times are milliseconds since 1970. */
export interface FailureState {
  state: FailureStateName;
  stateSince: number;
  /** Who brought it there: a person, a handshake that went well, or one that failed. */
  stateBy: "" | "hand" | "handshake" | "traffic";
  firstSeenAt: number;
  lastSeenAt: number;
  count: number;
  heat: number;
  muteUntil: number | null;
  muteRate: number | null;
  resolvedAt: number | null;
  lastSuccessAt: number | null;
  regressions: number;
  /** Where it was seen and no success has been since; null when there are too many to tell. */
  addresses: readonly string[] | null;
}

/** What became of it. */
export interface StateChange {
  at: number;
  what: "resolved" | "reopened" | "unmuted";
  why: string;
}

/** More are as good as everybody. */
const ADDRESSES_MAX = 32;

/** A column of 32 bits. */
const COUNT_MAX = 2_147_483_647;

/** A failure that begins with these events. @param times of each; at least one */
export function newFailure(times: readonly number[], addresses: readonly string[]): FailureState {
  const first = times.reduce((earliest, time) => Math.min(earliest, time), Number.POSITIVE_INFINITY);
  return {
    state: "open",
    stateSince: first,
    stateBy: "",
    firstSeenAt: first,
    lastSeenAt: latestOf(times),
    count: times.length,
    heat: heatOf(times),
    muteUntil: null,
    muteRate: null,
    resolvedAt: null,
    lastSuccessAt: null,
    regressions: 0,
    addresses: withAddresses([], addresses),
  };
}

/**
 * The failure after further events of it: one that was resolved comes back, and a mute ends by time, or because it got
 * worse. Events of before it was resolved, which came late, change nothing but the count.
 *
 * @param receivedAt when they came, by the clock by which the pace was measured when it was muted
 */
export function afterEvents(
  before: FailureState,
  times: readonly number[],
  addresses: readonly string[],
  receivedAt: number,
): { after: FailureState; change: StateChange | null } {
  const latest = latestOf(times);
  const after: FailureState = {
    ...before,
    firstSeenAt: times.reduce((earliest, time) => Math.min(earliest, time), before.firstSeenAt),
    lastSeenAt: Math.max(before.lastSeenAt, latest),
    count: Math.min(COUNT_MAX, before.count + times.length),
    heat: joinedHeat(before.heat, heatOf(times)),
  };
  // Those of before it was resolved have been told from it already.
  const isOld =
    before.state === "resolved" && latest <= (before.resolvedAt ?? 0) && !isBehind(before, receivedAt);
  if (!isOld) after.addresses = withAddresses(before.state === "resolved" ? [] : before.addresses, addresses);
  const change = isOld ? null : comeBack(after, latest, receivedAt);
  return change === null
    ? { after, change }
    : { after: { ...after, ...opened(after, change), stateBy: "traffic" }, change };
}

/** Lines that wait with whoever sends them come within so long. */
const WAITED_MS = 5 * 60_000;

/**
 * Whether what is told as of before a person resolved it comes so late that the proxy's clock is rather behind: what
 * happens again must not stay hidden for as long as that. A handshake that resolved it was told of by the same clock.
 */
function isBehind({ stateBy, resolvedAt }: FailureState, receivedAt: number): boolean {
  return stateBy === "hand" && receivedAt - (resolvedAt ?? 0) > WAITED_MS;
}

function comeBack(
  { state, resolvedAt, muteUntil, muteRate, heat }: FailureState,
  at: number,
  receivedAt: number,
): StateChange | null {
  if (state === "resolved") {
    const since = Math.max(at, resolvedAt ?? at);
    return { at: since, what: "reopened", why: "It came back after it had been resolved." };
  }
  if (state !== "muted") return null;
  if (muteUntil !== null && at >= muteUntil)
    return { at, what: "unmuted", why: "The time of its mute was over." };
  if (muteRate === null) return null;
  // Not at the time of these events: what came since counts as if it had come all at once then.
  const rate = rateOf(heat, receivedAt);
  if (!isWorse(rate, muteRate)) return null;
  const why = `It got worse: ${spokenRate(rate)} an hour, and ${spokenRate(muteRate)} when it was muted.`;
  return { at, what: "unmuted", why };
}

/** What an open failure has. */
function opened({ state, regressions }: FailureState, { at }: { at: number }) {
  return {
    state: "open",
    stateSince: at,
    muteUntil: null,
    muteRate: null,
    resolvedAt: null,
    regressions: state === "resolved" ? regressions + 1 : regressions,
  } as const;
}

/**
 * The failure after a handshake of the same client at the same place went well: after its last event that resolves it.
 * A muted one stays muted, and is resolved when the mute ends.
 *
 * @param why in a sentence
 */
export function afterSuccess(
  before: FailureState,
  at: number,
  why: string,
): { after: FailureState; change: StateChange | null } {
  if (before.state === "resolved") return { after: before, change: null };
  const after = { ...before, lastSuccessAt: Math.max(before.lastSuccessAt ?? 0, at) };
  if (before.state !== "open" || at <= before.lastSeenAt) return { after, change: null };
  return {
    after: { ...after, ...resolved(at), stateBy: "handshake" },
    change: { at, what: "resolved", why },
  };
}

/**
 * The same for one of which nobody knows whose it is: a success from an address tells of that address only.
 *
 * @param address whence the success came
 */
export function afterSuccessFrom(
  before: FailureState,
  at: number,
  address: string,
  why: string,
): { after: FailureState; change: StateChange | null } {
  if (at <= before.lastSeenAt || before.addresses?.includes(address) !== true) {
    return { after: before, change: null };
  }
  const addresses = before.addresses.filter((each) => each !== address);
  return addresses.length > 0
    ? { after: { ...before, addresses }, change: null }
    : afterSuccess({ ...before, addresses }, at, why);
}

/** What a resolved failure has. @param at events up to then do not bring it back */
function resolved(at: number) {
  return { state: "resolved", stateSince: at, muteUntil: null, muteRate: null, resolvedAt: at } as const;
}

/** A muted failure of which the time is over; what went well meanwhile resolves it. */
export function afterMute(before: FailureState, at: number): { after: FailureState; change: StateChange } {
  const why = "The time of its mute was over.";
  const wentWell = before.lastSuccessAt !== null && before.lastSuccessAt > before.lastSeenAt;
  if (!wentWell) {
    const after: FailureState = { ...before, ...opened(before, { at }), stateBy: "traffic" };
    return { after, change: { at, what: "unmuted", why } };
  }
  const after: FailureState = { ...before, ...resolved(at), stateBy: "handshake" };
  return { after, change: { at, what: "resolved", why: `${why} A handshake had gone well since.` } };
}

function withAddresses(known: readonly string[] | null, more: readonly string[]): readonly string[] | null {
  if (known === null) return null;
  const all = new Set([...known, ...more]);
  return all.size > ADDRESSES_MAX ? null : [...all];
}

function latestOf(times: readonly number[]): number {
  return times.reduce((latest, time) => Math.max(latest, time), 0);
}

function spokenRate(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toString();
}
