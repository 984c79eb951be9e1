"use client";

import { type ReactNode, useMemo } from "react";
import type { BulkActions } from "#components/bulk/bulk-selection.ts";
import type { CertificateRowFacts } from "#components/certificate/certificate-row-facts.ts";
import { CertificateTable } from "#components/certificate/certificate-table.tsx";
import type { ListCount } from "#components/certificate/list-count.ts";
import { useListSelection } from "#components/certificate/list-selection.ts";
import { SelectionBar } from "#components/certificate/selection-bar.tsx";

interface CertificateListProps {
  certificates: readonly CertificateRowFacts[];
  now: Date;
  sort: string;
  /** What the list is narrowed to, as its address has it. */
  query: string;
  count: Promise<ListCount>;
  mayAnnotate: boolean;
  mayRenew: boolean;
  mayHold: boolean;
  mayRevoke: boolean;
  actions: BulkActions;
  /** Below the table: the steps to other pages. */
  children: ReactNode;
}

/** A page of the inventory, whose rows can be selected. */
export function CertificateList({
  certificates,
  now,
  sort,
  query,
  children,
  ...deeds
}: CertificateListProps) {
  const page = useMemo(() => certificates.map(({ id }) => id), [certificates]);
  const selection = useListSelection(page, query);
  return (
    <>
      <SelectionBar selection={selection} shown={page.length} query={query} {...deeds} />
      <CertificateTable certificates={certificates} now={now} sort={sort} selection={selection} />
      {children}
    </>
  );
}
