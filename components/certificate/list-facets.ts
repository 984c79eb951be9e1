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
}

/** A filter whose values are ticked in a list. */
export interface FacetFilter {
  name: FilterName;
  label: string;
  options: (facets: Facets) => readonly FacetOption[];
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
  { name: "issuer", label: "Issuer", options: (facets) => facets.issuers },
  { name: "owner", label: "Owner", options: (facets) => facets.owners },
  { name: "tag", label: "Tag", options: (facets) => facets.tags },
  { name: "algorithm", label: "Key", options: (facets) => facets.algorithms },
  { name: "source", label: "Source", options: (facets) => facets.sources },
  { name: "kind", label: "Kind", options: () => KINDS },
];

/** A value in words: the name that goes with it, or the value itself while names are not there. */
export function optionName(options: readonly FacetOption[], value: string): string {
  const name = options.find((option) => option.value === value)?.name ?? value;
  return name === "" ? "nobody" : name;
}
