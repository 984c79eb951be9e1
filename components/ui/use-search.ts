"use client";

import { useEffect, useState } from "react";

const PAUSE_MS = 150;

interface Answer<Item> {
  query: string;
  items: readonly Item[];
  failed: boolean;
}

/**
 * Asks once typing pauses, and drops answers to questions that are no longer asked.
 *
 * @param first what is found while nothing is typed
 */
export function useSearch<Item>(search: (query: string) => Promise<Item[]>, first: readonly Item[]) {
  const [query, setQuery] = useState("");
  const [answer, setAnswer] = useState<Answer<Item>>({ query: "", items: first, failed: false });
  const asked = query.trim();

  useEffect(() => {
    if (asked === "") return;
    let current = true;
    const timer = setTimeout(async () => {
      let next: Answer<Item>;
      try {
        next = { query: asked, items: await search(asked), failed: false };
      } catch {
        next = { query: asked, items: [], failed: true };
      }
      if (current) setAnswer(next);
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked, search]);

  if (asked === "") return { query, setQuery, found: first, state: "idle" as const };
  const state = answer.query !== asked ? "searching" : answer.failed ? "failed" : "idle";
  return { query, setQuery, found: answer.items, state } as const;
}
