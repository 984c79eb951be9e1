"use client";

import { type ReactNode, Suspense, use } from "react";
import type { BulkActions, BulkSelection } from "#components/bulk/bulk-selection.ts";
import { BulkToolbar } from "#components/bulk/bulk-toolbar.tsx";
import { countInWords, type ListCount } from "#components/certificate/list-count.ts";
import type { ListSelection } from "#components/certificate/list-selection.ts";
import { Button } from "#components/ui/button.tsx";

interface SelectionBarProps {
  selection: ListSelection;
  /** Rows in view. */
  shown: number;
  /** What the list is narrowed to, as its address has it. */
  query: string;
  count: Promise<ListCount>;
  mayAnnotate: boolean;
  mayRenew: boolean;
  mayHold: boolean;
  mayRevoke: boolean;
  actions: BulkActions;
}

/** What can be done with the selected rows, and how to select more. */
export function SelectionBar({ selection, shown, query, count, ...deeds }: SelectionBarProps) {
  const isWholePage = shown > 0 && selection.ids.size === shown;
  const controls = (
    <>
      {isWholePage && !selection.everything && (
        <Suspense>
          <SelectEverything selection={selection} shown={shown} count={count} />
        </Suspense>
      )}
      <Button size="sm" variant="quiet" onClick={selection.clear}>
        Select none
      </Button>
    </>
  );
  const picked = (chosen: BulkSelection) => (
    <BulkToolbar
      selection={chosen}
      showsHeld={new URLSearchParams(query).getAll("status").includes("held")}
      {...deeds}
    >
      {controls}
    </BulkToolbar>
  );
  return (
    <div className="sticky top-(--topbar-height) z-20 bg-surface empty:hidden not-empty:p-2">
      <Suspense>
        {selection.everything ? (
          <Everything query={query} count={count} toolbar={picked} />
        ) : (
          picked({ ids: [...selection.ids] })
        )}
      </Suspense>
    </div>
  );
}

function Everything({
  query,
  count,
  toolbar,
}: Pick<SelectionBarProps, "query" | "count"> & {
  toolbar: (chosen: BulkSelection) => ReactNode;
}) {
  const { count: matching, exact } = use(count);
  return toolbar({ query, count: matching, orMore: !exact });
}

function SelectEverything({
  selection,
  shown,
  count,
}: Pick<SelectionBarProps, "selection" | "shown" | "count">) {
  const known = use(count);
  if (known.exact && known.count <= shown) return null;
  return (
    <Button size="sm" onClick={selection.selectEverything}>
      Select all {countInWords(known)} that match
    </Button>
  );
}
