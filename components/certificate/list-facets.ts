import { statusWord } from "#components/certificate/certificate-state.ts";
import type { FilterName } from "#components/certificate/list-address.ts";
import { CERTIFICATE_STATUSES } from "#lib/inventory/certificate-status.ts";

/** A value by which the list can be narrowed. */
export interface FacetOption {
  value: string;
  name: string;
  /** Certificates that have it; absent where nobody counts them. */
  count?: number;
}

/** The values that certificates have, as the inventory counts them. */
export interface Facets {
  issuers: readonly FacetOption[];
  profiles: readonly FacetOption[];
  algorithms: readonly FacetOption[];
  owners: readonly FacetOption[];
  tags: readonly FacetOption[];
  sources: readonly FacetOption[];
  risks: readonly FacetOption[];
  /** Those of which there are more than are here; what is here is the most frequent. */
  cut: readonly ("issuers" | "owners" | "tags")[];
}

/** A filter whose values are ticked in a list. */
export interface FacetFilter {
  name: FilterName;
  label: string;
  options: (facets: Facets) => readonly FacetOption[];
  /** Of which values there may be too many to list them all. */
  cut?: Facets["cut"][number];
}

const KINDS: readonly FacetOption[] = [
  { value: "end-entity", name: "end-entity" },
  { value: "authority", name: "authority" },
];

const STATUSES: readonly FacetOption[] = CERTIFICATE_STATUSES.map((status) => ({
  value: status,
  name: statusWord(status),
}));

/** The one table of filters by value, in the order of their buttons. */
export const FACET_FILTERS: readonly FacetFilter[] = [
  { name: "status", label: "Status", options: () => STATUSES },
  { name: "risk", label: "Risk", options: (facets) => facets.risks },
  { name: "profile", label: "Profile", options: (facets) => facets.profiles },
  { name: "issuer", label: "Issuer", options: (facets) => facets.issuers, cut: "issuers" },
  { name: "owner", label: "Owner", options: (facets) => facets.owners, cut: "owners" },
  { name: "tag", label: "Tag", options: (facets) => facets.tags, cut: "tags" },
  { name: "algorithm", label: "Key", options: (facets) => facets.algorithms },
  { name: "source", label: "Source", options: (facets) => facets.sources },
  { name: "kind", label: "Kind", options: () => KINDS },
];

/** A value in words: the name that goes with it, or the value itself while names are not there. */
export function optionName(options: readonly FacetOption[], value: string): string {
  const name = options.find((option) => option.value === value)?.name ?? value;
  return name === "" ? "nobody" : name;
}

/** A value that is typed although it is not listed: null where all are listed, or this one is. */
export function typedOption(
  filter: FacetFilter,
  facets: Facets,
  options: readonly FacetOption[],
  typed: string,
): string | null {
  // Tags are lower case; owners and issuers are as they are.
  const value = filter.name === "tag" ? typed.trim().toLowerCase() : typed.trim();
  const isListed = options.some((option) => option.value === value);
  return isCut(filter, facets) && value !== "" && !isListed ? value : null;
}

/** Whether there are more values than are listed. */
export function isCut({ cut }: FacetFilter, facets: Facets): boolean {
  return cut !== undefined && facets.cut.includes(cut);
}
