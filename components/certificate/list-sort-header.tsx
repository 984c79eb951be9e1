"use client";

import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { listHref, sortedBy } from "#components/certificate/list-address.ts";
import { ListLink, useListNavigation } from "#components/certificate/list-navigation.tsx";
import { HeaderCell } from "#components/ui/table.tsx";

interface ListSortHeaderProps {
  column: "name" | "expires" | "added";
  /** The order the list has now. */
  sort: string;
  /** What else the column shows. */
  behind?: string;
  className?: string;
  children: ReactNode;
}

/** A column's name that sorts the list by it. */
export function ListSortHeader({ column, sort, behind, className, children }: ListSortHeaderProps) {
  const { wanted } = useListNavigation();
  const direction = sort === column ? "ascending" : sort === `-${column}` ? "descending" : undefined;
  const Icon = direction === "ascending" ? ArrowUp : direction === "descending" ? ArrowDown : ArrowUpDown;
  return (
    <HeaderCell sort={direction} {...(className === undefined ? {} : { className })}>
      <ListLink
        href={listHref(sortedBy(wanted, column, sort))}
        className="inline-flex min-h-6 items-center gap-1 hover:text-ink"
      >
        {children}
        <Icon aria-hidden className={direction ? "size-3 text-ink" : "size-3 text-faint"} />
      </ListLink>
      {behind}
    </HeaderCell>
  );
}
