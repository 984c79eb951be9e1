"use client";

import { ChevronDown } from "lucide-react";
import { Suspense, use, useId, useState } from "react";
import { listHref, toggled, withParameters } from "#components/certificate/list-address.ts";
import {
  type FacetFilter,
  type Facets,
  isCut,
  optionName,
  typedOption,
} from "#components/certificate/list-facets.ts";
import { useListNavigation } from "#components/certificate/list-navigation.tsx";
import { Button } from "#components/ui/button.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Loading } from "#components/ui/loading.tsx";
import { Popover } from "#components/ui/popover.tsx";

/** From so many values on, a field narrows their list. */
const SEARCHABLE_FROM = 9;

/** The most values drawn at once; the field finds the others. */
const DRAWN_MAX = 100;

interface FacetMenuProps {
  filter: FacetFilter;
  facets: Promise<Facets>;
}

/** A filter's button, with its values to tick behind it. */
export function FacetMenu({ filter, facets }: FacetMenuProps) {
  const { wanted } = useListNavigation();
  const chosen = new URLSearchParams(wanted).getAll(filter.name).length;
  return (
    <Popover
      label={`Filter by ${filter.label.toLowerCase()}`}
      trigger={
        <Button size="sm" className={chosen > 0 ? "border-accent!" : undefined}>
          {filter.label}
          {chosen > 0 && (
            <span className="font-normal text-muted">
              {chosen}
              <span className="sr-only"> chosen</span>
            </span>
          )}
          <ChevronDown aria-hidden className="size-3.5! text-muted" />
        </Button>
      }
    >
      <Suspense fallback={<Loading label="Counting" rows={4} />}>
        <Options filter={filter} facets={facets} />
      </Suspense>
    </Popover>
  );
}

function Options({ filter, facets }: FacetMenuProps) {
  const { go, wanted } = useListNavigation();
  const [sought, setSought] = useState("");
  const searchId = useId();
  const known = use(facets);
  const options = filter.options(known);
  const chosen = new Set(new URLSearchParams(wanted).getAll(filter.name));
  // What is chosen stays in the list, also when no certificate has it any more.
  const missing = [...chosen].filter((value) => !options.some((option) => option.value === value));
  const all = [...missing.map((value) => ({ value, name: value, count: undefined })), ...options];
  const matching = all.filter(({ value }) =>
    optionName(all, value).toLowerCase().includes(sought.trim().toLowerCase()),
  );
  const typed = typedOption(filter, known, all, sought);
  if (all.length === 0) {
    return <p className="px-3 py-3 text-muted">No certificate has any.</p>;
  }
  return (
    <>
      {all.length >= SEARCHABLE_FROM && (
        <div className="border-line border-b p-2">
          <label htmlFor={searchId} className="sr-only">
            Find among {all.length.toLocaleString("en")} values
          </label>
          <Input
            id={searchId}
            value={sought}
            placeholder={`Find among ${all.length.toLocaleString("en")}`}
            onChange={(event) => setSought(event.target.value)}
          />
        </div>
      )}
      <ul className="min-h-0 overflow-y-auto p-1">
        {matching.slice(0, DRAWN_MAX).map(({ value, count }) => (
          <li key={value}>
            <label className="flex min-h-8 items-start gap-2 rounded-sm px-2 py-1.5 hover:bg-hover has-focus-visible:bg-hover pointer-coarse:min-h-10">
              <input
                type="checkbox"
                checked={chosen.has(value)}
                onChange={() => go(listHref(toggled(wanted, filter.name, value)))}
                className="mt-0.5 size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{optionName(all, value)}</span>
              {count !== undefined && (
                <span className="text-muted text-sm">{count.toLocaleString("en")}</span>
              )}
            </label>
          </li>
        ))}
        {matching.length > DRAWN_MAX && (
          <li className="px-2 py-1.5 text-muted text-sm">
            {(matching.length - DRAWN_MAX).toLocaleString("en")} more: type part of the name.
          </li>
        )}
        {typed !== null && (
          <li>
            <Button
              size="sm"
              variant="quiet"
              className="w-full justify-start! text-left [overflow-wrap:anywhere]"
              onClick={() => {
                setSought("");
                go(listHref(toggled(wanted, filter.name, typed)));
              }}
            >
              Filter by “{harmless(typed)}”
            </Button>
          </li>
        )}
        {matching.length === 0 && typed === null && (
          <li className="px-2 py-1.5 text-muted">None is called that.</li>
        )}
        {isCut(filter, known) && (
          <li className="px-2 py-1.5 text-muted text-sm">
            There are more: these are the most frequent. Type another in full to filter by it.
          </li>
        )}
      </ul>
      {chosen.size > 0 && (
        <div className="border-line border-t p-1">
          <Button
            size="sm"
            variant="quiet"
            className="w-full"
            onClick={() => go(listHref(withParameters(wanted, { [filter.name]: "" })))}
          >
            Clear
          </Button>
        </div>
      )}
    </>
  );
}
