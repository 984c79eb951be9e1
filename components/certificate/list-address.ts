/** The address of the list: what it is narrowed to stands in it whole, so that it can be shared. */
export const LIST_PATH = "/certificates";

/** Rows on a page; the first is usual. */
export const PAGE_SIZES = [50, 200] as const;

/** Where a page begins; whoever changes what is listed begins at the first. */
const CURSORS = ["after", "before"];

/** Parameters that narrow the list, in the order in which they are shown. */
export const FILTER_NAMES = [
  "q",
  "status",
  "expires-from",
  "expires-to",
  "risk",
  "profile",
  "issuer",
  "owner",
  "tag",
  "algorithm",
  "source",
  "kind",
] as const;

export type FilterName = (typeof FILTER_NAMES)[number];

/** The list with a query. */
export function listHref(query: string): string {
  return query === "" ? LIST_PATH : `${LIST_PATH}?${query}`;
}

/** A query with one value of a filter added, or taken away when it is there. */
export function toggled(query: string, name: FilterName, value: string): string {
  const parameters = new URLSearchParams(query);
  const values = parameters.getAll(name);
  const others = values.filter((each) => each !== value);
  parameters.delete(name);
  for (const each of others) parameters.append(name, each);
  if (others.length === values.length) parameters.append(name, value);
  return atFirstPage(parameters);
}

/** A query with other values of some parameters; empty text takes one away. */
export function withParameters(query: string, changes: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") parameters.delete(name);
    else parameters.set(name, value);
  }
  return atFirstPage(parameters);
}

/** A query without what narrows it; order and page size stay. */
export function withoutFilters(query: string): string {
  const parameters = new URLSearchParams(query);
  for (const name of FILTER_NAMES) parameters.delete(name);
  return atFirstPage(parameters);
}

/** Whether the query narrows the list at all. */
export function isFiltered(query: string): boolean {
  const parameters = new URLSearchParams(query);
  return FILTER_NAMES.some((name) => parameters.has(name));
}

/** Whether two queries list the same certificates in the same order, wherever their pages begin. */
export function isSameList(one: string, other: string): boolean {
  return inOrder(one) === inOrder(other);
}

/**
 * The query that sorts by a column: upwards at the first press, downwards at the next.
 *
 * @param present the order the list has now
 */
export function sortedBy(query: string, column: "name" | "expires" | "added", present: string): string {
  return withParameters(query, { sort: present === column ? `-${column}` : column });
}

function atFirstPage(parameters: URLSearchParams): string {
  for (const name of CURSORS) parameters.delete(name);
  return parameters.toString();
}

function inOrder(query: string): string {
  const parameters = new URLSearchParams(atFirstPage(new URLSearchParams(query)));
  parameters.sort();
  return parameters.toString();
}
