"use client";

import { SlidersHorizontal } from "lucide-react";
import { type ReactNode, type RefObject, useId, useState } from "react";
import { ExpiryMenu } from "#components/certificate/expiry-menu.tsx";
import { FacetMenu } from "#components/certificate/facet-menu.tsx";
import { FilterChips } from "#components/certificate/filter-chips.tsx";
import { FACET_FILTERS, type Facets } from "#components/certificate/list-facets.ts";
import { ListSearch } from "#components/certificate/list-search.tsx";
import { Button } from "#components/ui/button.tsx";

interface FilterBarProps {
  facets: Promise<Facets>;
  /** In UTC, as 2026-12-31. */
  today: string;
  searchRef: RefObject<HTMLInputElement | null>;
  /** Beside the search field: saved views, help. */
  actions: ReactNode;
}

/** Search, filters and what is chosen of them. On narrow screens the filters wait behind a button. */
export function FilterBar({ facets, today, searchRef, actions }: FilterBarProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-start gap-2">
        <ListSearch inputRef={searchRef} />
        <Button
          className="sm:hidden"
          aria-expanded={open}
          aria-controls={id}
          icon={<SlidersHorizontal aria-hidden />}
          onClick={() => setOpen(!open)}
        >
          Filters
        </Button>
        {actions}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields of a form; these are buttons. */}
      <div
        id={id}
        role="group"
        aria-label="Filters"
        className={`flex-wrap gap-1.5 sm:flex ${open ? "flex" : "hidden"}`}
      >
        {FACET_FILTERS.slice(0, 1).map((filter) => (
          <FacetMenu key={filter.name} filter={filter} facets={facets} />
        ))}
        <ExpiryMenu today={today} />
        {FACET_FILTERS.slice(1).map((filter) => (
          <FacetMenu key={filter.name} filter={filter} facets={facets} />
        ))}
      </div>
      <FilterChips facets={facets} today={today} />
    </div>
  );
}
