"use client";

import { X } from "lucide-react";
import { Suspense, use } from "react";
import { rangeInWords } from "#components/certificate/expiry-range.ts";
import { listHref, toggled, withoutFilters, withParameters } from "#components/certificate/list-address.ts";
import {
  FACET_FILTERS,
  type FacetFilter,
  type Facets,
  optionName,
} from "#components/certificate/list-facets.ts";
import { ListLink, useListNavigation } from "#components/certificate/list-navigation.tsx";
import { harmless } from "#components/ui/harmless-text.ts";

interface FilterChipsProps {
  facets: Promise<Facets>;
  today: string;
}

/** What the list is narrowed to, each part with a way to take it away. */
export function FilterChips({ facets, today }: FilterChipsProps) {
  const { wanted } = useListNavigation();
  const parameters = new URLSearchParams(wanted);
  const question = parameters.get("q") ?? "";
  const [from, to] = [parameters.get("expires-from") ?? "", parameters.get("expires-to") ?? ""];
  const chosen = FACET_FILTERS.flatMap((filter) =>
    parameters.getAll(filter.name).map((value) => ({ filter, value })),
  );
  const count = chosen.length + (question === "" ? 0 : 1) + (from === "" && to === "" ? 0 : 1);
  if (count === 0) return null;
  return (
    <ul aria-label="Filters in use" className="flex flex-wrap items-center gap-1.5">
      {question !== "" && (
        <Chip label="Search" value={question} href={listHref(withParameters(wanted, { q: "" }))} />
      )}
      {(from !== "" || to !== "") && (
        <Chip
          label="Expires"
          value={rangeInWords(from, to, today)}
          href={listHref(withParameters(wanted, { "expires-from": "", "expires-to": "" }))}
        />
      )}
      {chosen.map(({ filter, value }) => {
        const href = listHref(toggled(wanted, filter.name, value));
        const plain = <Chip label={filter.label} value={optionName([], value)} href={href} />;
        return (
          <Suspense key={`${filter.name}:${value}`} fallback={plain}>
            <NamedChip filter={filter} value={value} href={href} facets={facets} />
          </Suspense>
        );
      })}
      {count > 1 && (
        <li>
          <ListLink href={listHref(withoutFilters(wanted))} className="text-link text-sm">
            Clear all
          </ListLink>
        </li>
      )}
    </ul>
  );
}

interface NamedChipProps {
  filter: FacetFilter;
  value: string;
  href: string;
  facets: Promise<Facets>;
}

function NamedChip({ filter, value, href, facets }: NamedChipProps) {
  return <Chip label={filter.label} value={optionName(filter.options(use(facets)), value)} href={href} />;
}

function Chip({ label, value, href }: { label: string; value: string; href: string }) {
  return (
    <li className="min-w-0 max-w-full">
      <ListLink
        href={href}
        title={value}
        className="inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm border border-line-strong/50 bg-surface px-1.5 text-sm hover:bg-hover pointer-coarse:min-h-9"
      >
        <span className="sr-only">Remove the filter</span>
        <span className="shrink-0 text-muted">{label}</span>
        <bdi className="max-w-72 truncate">{harmless(value)}</bdi>
        <X aria-hidden className="size-3.5 shrink-0 text-muted" />
      </ListLink>
    </li>
  );
}
