"use client";

import { ChevronFirst, ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { listHref, PAGE_SIZES, withParameters } from "#components/certificate/list-address.ts";
import { ListLink, useListNavigation } from "#components/certificate/list-navigation.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";

interface ListPagesProps {
  /** How many there are. */
  summary: ReactNode;
  /** Without the place where the page begins. */
  query: string;
  /** Cursors of the neighbouring pages; null where there is none. */
  previous: string | null;
  next: string | null;
  limit: number;
  /** The list is ordered by time, the newest first. */
  isNewestFirst: boolean;
}

/** Steps through the list by place and not by page number: nobody counts a million rows. */
export function ListPages({ summary, query, previous, next, limit, isNewestFirst }: ListPagesProps) {
  const { wanted } = useListNavigation();
  const at = (name: string, cursor: string) =>
    listHref(`${query === "" ? "" : `${query}&`}${name}=${cursor}`);
  const words = isNewestFirst ? { back: "Newer", on: "Older" } : { back: "Previous", on: "Next" };
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center justify-between gap-2 border-line border-t px-4 py-2 text-sm"
    >
      <span className="text-muted">{summary}</span>
      <span className="flex flex-wrap items-center gap-2">
        <span className="mr-2 flex items-center gap-2 text-muted">
          Rows
          {PAGE_SIZES.map((size) => (
            <ListLink
              key={size}
              href={listHref(withParameters(wanted, { limit: size === PAGE_SIZES[0] ? "" : String(size) }))}
              aria-label={`${size} rows on a page`}
              aria-current={size === limit ? "true" : undefined}
              className={size === limit ? "font-medium text-ink" : "text-link"}
            >
              {size}
            </ListLink>
          ))}
        </span>
        {previous !== null && (
          <>
            <ListLink href={listHref(query)} className={buttonStyle("quiet", "sm")}>
              <ChevronFirst aria-hidden />
              First
            </ListLink>
            <ListLink href={at("before", previous)} rel="prev" className={buttonStyle("secondary", "sm")}>
              <ChevronLeft aria-hidden />
              {words.back}
            </ListLink>
          </>
        )}
        {next !== null && (
          <ListLink href={at("after", next)} rel="next" className={buttonStyle("secondary", "sm")}>
            {words.on}
            <ChevronRight aria-hidden />
          </ListLink>
        )}
      </span>
    </nav>
  );
}
