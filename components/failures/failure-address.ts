import { type Cause, isCause } from "#lib/handshake/causes.ts";
import type { Certainty } from "#lib/handshake/diagnosis.ts";
import type { FailureListing } from "#lib/handshake/failure-list.ts";

export const LISTED_STATES = ["open", "muted", "resolved"] as const;
export type ListedState = (typeof LISTED_STATES)[number];

export const CERTAINTIES = ["certain", "one-of", "cannot-tell"] as const satisfies Certainty[];

/** How far the chart goes back. */
export const SPANS = ["24h", "7d", "90d"] as const;
export type Span = (typeof SPANS)[number];

/** What the list of failures is narrowed to, as the address has it; empty texts are any. */
export interface FailureAddress {
  text: string;
  state: ListedState;
  /** Id. */
  client: string;
  /** Short names. */
  service: string;
  proxy: string;
  cause: Cause | "";
  certainty: Certainty | "";
  /** Id of a certificate by which it was seen. */
  certificate: string;
  /** Only those that the person in front of it looks after. */
  mine: boolean;
  span: Span;
  /** Whether the list renews itself. */
  live: boolean;
  after: string | undefined;
}

type Query = Record<string, string | string[] | undefined>;

const TEXT_MAX = 100;

/** Reads the address; what is none of it is passed over. */
export function readAddress(query: Query): FailureAddress {
  const one = (name: string) => {
    const value = query[name];
    return typeof value === "string" ? value.trim().slice(0, TEXT_MAX) : "";
  };
  const [cause, after] = [one("cause"), one("after")];
  return {
    text: one("q"),
    state: LISTED_STATES.find((name) => name === one("state")) ?? "open",
    client: one("client"),
    service: one("service"),
    proxy: one("proxy"),
    cause: isCause(cause) ? cause : "",
    certainty: CERTAINTIES.find((name) => name === one("certainty")) ?? "",
    certificate: one("certificate"),
    mine: one("mine") === "yes",
    span: SPANS.find((name) => name === one("span")) ?? "24h",
    live: one("live") !== "off",
    after: after === "" ? undefined : after,
  };
}

/** The address of a page of the list. @param change what differs; the first page unless `after` is among it */
export function failuresHref(address: FailureAddress, change: Partial<FailureAddress> = {}): string {
  const wanted = { ...address, after: undefined, ...change };
  const { text, state, mine, span, live, after } = wanted;
  const said = (["client", "service", "proxy", "cause", "certainty", "certificate"] as const).filter(
    (name) => wanted[name] !== "",
  );
  const query = new URLSearchParams({
    ...(text === "" ? {} : { q: text }),
    ...(state === "open" ? {} : { state }),
    ...Object.fromEntries(said.map((name) => [name, wanted[name]])),
    ...(mine ? { mine: "yes" } : {}),
    ...(span === "24h" ? {} : { span }),
    ...(live ? {} : { live: "off" }),
    ...(after === undefined ? {} : { after }),
  });
  return query.size === 0 ? "/failures" : `/failures?${query}`;
}

/** The same list with nothing narrowed: its state, the chart's span and whether it is live are no filters. */
export function withoutFilters({ state, span, live }: FailureAddress): string {
  return failuresHref({ ...readAddress({}), state, span, live });
}

/** Whether the list is narrowed. */
export function isNarrowed(address: FailureAddress): boolean {
  return failuresHref(address) !== withoutFilters(address);
}

/** What the list asks for. @param me id of the person in front of it */
export function listingOf(address: FailureAddress, me: string): FailureListing {
  const { text, state, client, service, proxy, cause, certainty, certificate, mine, after } = address;
  const said = Object.entries({ text, client, service, proxy, cause, certainty, certificate });
  return {
    ...(Object.fromEntries(said.filter(([, value]) => value !== "")) as FailureListing),
    ...(mine ? { assignee: me } : {}),
    ...{ state, after },
  };
}
