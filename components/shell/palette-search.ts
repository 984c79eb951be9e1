"use client";

import { useEffect, useState } from "react";
import type { PaletteItem } from "#components/shell/palette-item.ts";

/** Shorter queries find too much to be worth a question. */
const SHORTEST_QUERY = 2;
const PAUSE_MS = 150;

interface Answer {
  query: string;
  items: PaletteItem[];
  failed: boolean;
}

/** Asks `search` once typing pauses, and drops answers to questions that are no longer asked. */
export function usePaletteSearch(
  search: ((query: string) => Promise<PaletteItem[]>) | undefined,
  typed: string,
): { found: PaletteItem[]; state: "idle" | "searching" | "failed" } {
  const [answer, setAnswer] = useState<Answer>({ query: "", items: [], failed: false });
  const query = typed.trim();
  const asked = search !== undefined && query.length >= SHORTEST_QUERY;

  useEffect(() => {
    if (!asked) return;
    let current = true;
    const timer = setTimeout(async () => {
      let next: Answer;
      try {
        next = { query, items: await search(query), failed: false };
      } catch {
        next = { query, items: [], failed: true };
      }
      if (current) setAnswer(next);
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked, query, search]);

  if (!asked) return { found: [], state: "idle" };
  // The previous answer stays until the next one is there, so that the list does not flicker.
  if (answer.query !== query) return { found: answer.items, state: "searching" };
  return { found: answer.items, state: answer.failed ? "failed" : "idle" };
}
