import { FILTER_NAMES, PAGE_SIZES } from "#components/certificate/list-address.ts";
import { DomainError } from "#lib/errors.ts";
import {
  type CertificateFilter,
  type FilterParameters,
  filterParameters,
  parseFilter,
  single,
} from "#lib/inventory/certificate-filter.ts";
import { type CertificateSort, parseSort, USUAL_SORT } from "#lib/inventory/certificate-order.ts";

/** What the address of the list asks for. */
export interface ListAddress {
  filter: CertificateFilter;
  sort: CertificateSort;
  limit: number;
  after: string | undefined;
  before: string | undefined;
  /** The same in its one form, without the place where the page begins. */
  query: string;
}

/**
 * Reads the address, or says what is wrong with it: people shorten and edit addresses by hand. What it narrows the
 * list to stays in the query, so that the wrong part can be taken away.
 */
export function readAddress(given: FilterParameters): ListAddress | { problem: string; query: string } {
  try {
    const filter = parseFilter(given);
    const sort = parseSort(single(given, "sort"));
    const limit = PAGE_SIZES.find((size) => String(size) === given.limit) ?? PAGE_SIZES[0];
    const query = filterParameters(filter);
    if (sort !== USUAL_SORT) query.set("sort", sort);
    if (limit !== PAGE_SIZES[0]) query.set("limit", String(limit));
    const after = single(given, "after");
    const before = single(given, "before");
    return { filter, sort, limit, after, before, query: query.toString() };
  } catch (error) {
    if (error instanceof DomainError && error.code === "malformed") {
      return { problem: error.message, query: asGiven(given) };
    }
    throw error;
  }
}

function asGiven(given: FilterParameters): string {
  const query = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    for (const value of [given[name] ?? []].flat()) query.append(name, value);
  }
  return query.toString();
}
