import { isClientState } from "#components/client/client-words.ts";
import type { ClientState } from "#lib/access/client-state.ts";

/** What the list is narrowed to, as the address has it. */
export interface ClientAddress {
  search: string;
  state: ClientState | undefined;
  service: string;
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
    state: isClientState(state) ? state : undefined,
    service: one("service").slice(0, SEARCH_MAX),
    after: after === "" ? undefined : after,
  };
}

/** The address of a page of the list. @param after cursor; absent for the first page */
export function clientsHref({ search, state, service }: ClientAddress, after?: string): string {
  const query = new URLSearchParams({
    ...(search === "" ? {} : { q: search }),
    ...(state === undefined ? {} : { state }),
    ...(service === "" ? {} : { service }),
    ...(after === undefined ? {} : { after }),
  });
  return query.size === 0 ? "/clients" : `/clients?${query}`;
}
