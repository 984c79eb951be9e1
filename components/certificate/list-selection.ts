"use client";

import { useState } from "react";

/** What is selected of a page: some of its rows, or everything that the filter matches. */
export interface ListSelection {
  ids: ReadonlySet<string>;
  everything: boolean;
  /** @param extend to all between the row pressed last and this one, as shift does */
  toggle: (id: string, extend: boolean) => void;
  selectPage: (selected: boolean) => void;
  selectEverything: () => void;
  clear: () => void;
}

/**
 * @param page ids of the rows in view, in their order; other rows begin with nothing selected
 * @param query what the list is narrowed to: "everything that matches" means another thing under another filter,
 *   also when its first page happens to hold the same rows
 */
export function useListSelection(page: readonly string[], query: string): ListSelection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [everything, setEverything] = useState(false);
  const [last, setLast] = useState<string>();
  const list = listKey(page, query);
  const [known, setKnown] = useState(list);
  if (known !== list) {
    setKnown(list);
    setIds(new Set());
    setEverything(false);
  }
  return {
    ids,
    everything,
    toggle: (id, extend) => {
      const next = new Set(ids);
      const isSelected = !next.has(id);
      for (const each of extend ? between(page, last, id) : [id]) {
        if (isSelected) next.add(each);
        else next.delete(each);
      }
      setIds(next);
      setEverything(false);
      setLast(id);
    },
    selectPage: (selected) => {
      setIds(new Set(selected ? page : []));
      setEverything(false);
    },
    selectEverything: () => {
      setIds(new Set(page));
      setEverything(true);
    },
    clear: () => {
      setIds(new Set());
      setEverything(false);
    },
  };
}

/** What a selection belongs to: the rows in view and what they were narrowed to. */
export function listKey(page: readonly string[], query: string): string {
  return JSON.stringify([query, ...page]);
}

/** The rows from one to another, both included. */
export function between(page: readonly string[], from: string | undefined, to: string): readonly string[] {
  const [start, end] = [page.indexOf(from ?? ""), page.indexOf(to)];
  if (start < 0 || end < 0) return [to];
  return page.slice(Math.min(start, end), Math.max(start, end) + 1);
}
