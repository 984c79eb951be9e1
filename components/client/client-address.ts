import { LISTED_STATES, type ListedState } from "#lib/access/client-state.ts";

/** What the list is narrowed to, as the address has it. */
export interface ClientAddress {
  search: string;
  state: ListedState | undefined;
  /** Empty for any, each. */
  service: string;
  environment: string;
  owner: string;
  tag: string;
  after: string | undefined;
}

type Query = Record<string, string | string[] | undefined>;

const SEARCH_MAX = 100;

/** Reads the address; what is none of it is passed over. */
export function readAddress(query: Query): ClientAddress {
  const one = (name: string) => {
    const value = query[name];
    return typeof value === "string" ? value.trim() : "";
  };
  const [state, after] = [one("state"), one("after")];
  return {
    search: one("q").slice(0, SEARCH_MAX),
    state: LISTED_STATES.find((name) => name === state),
    service: one("service").slice(0, SEARCH_MAX),
    environment: one("environment").slice(0, SEARCH_MAX),
    owner: one("owner").slice(0, SEARCH_MAX),
    tag: one("tag").slice(0, SEARCH_MAX),
    after: after === "" ? undefined : after,
  };
}

/** The address of a page of the list. @param after cursor; absent for the first page */
export function clientsHref(address: ClientAddress, after?: string): string {
  const { search, state } = address;
  const said = (["service", "environment", "owner", "tag"] as const).filter((name) => address[name] !== "");
  const query = new URLSearchParams({
    ...(search === "" ? {} : { q: search }),
    ...(state === undefined ? {} : { state }),
    ...Object.fromEntries(said.map((name) => [name, address[name]])),
    ...(after === undefined ? {} : { after }),
  });
  return query.size === 0 ? "/clients" : `/clients?${query}`;
}
