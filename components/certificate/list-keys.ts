"use client";

import { type RefObject, useEffect, useSyncExternalStore } from "react";

/** What the keys of the list do; the help shows this table. */
export const LIST_KEYS: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ["/"], does: "search" },
  { keys: ["j", "↓"], does: "next row" },
  { keys: ["k", "↑"], does: "row before" },
  { keys: ["↵"], does: "open the row" },
  { keys: ["x"], does: "select the row, or no longer" },
  { keys: ["Shift + press"], does: "select all rows between" },
  { keys: ["n"], does: "next page" },
  { keys: ["p"], does: "page before" },
  { keys: ["?"], does: "this help" },
];

interface ListKeys {
  list: RefObject<HTMLElement | null>;
  search: RefObject<HTMLInputElement | null>;
  help: () => void;
}

/**
 * Keys of one letter, while nobody is typing. The focus itself marks the row, so that Enter opens it as every link
 * and a screen reader says where one is.
 */
export function useListKeys({ list, search, help }: ListKeys): void {
  const enabled = useKeysEnabled();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      if (target.closest("input:not([type=checkbox]), textarea, select, [role=dialog], [role=menu]")) return;
      const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
      // Letters may be off (WCAG 2.2 §2.1.4); arrows move only within the list, elsewhere they scroll.
      if (isArrow ? !list.current?.contains(target) : !enabled) return;
      if (press(event.key, target)) event.preventDefault();
    };
    const press = (key: string, target: HTMLElement): boolean => {
      switch (key) {
        case "/":
          search.current?.focus();
          search.current?.select();
          return true;
        case "?":
          help();
          return true;
        case "j":
        case "ArrowDown":
          return focusRow(list.current, target, 1);
        case "k":
        case "ArrowUp":
          return focusRow(list.current, target, -1);
        case "x":
          return pressIn(target.closest("tr"), "[data-row-choice]");
        case "n":
          return pressIn(document, "a[rel=next]");
        case "p":
          return pressIn(document, "a[rel=prev]");
        default:
          return false;
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [enabled, list, search, help]);
}

function focusRow(list: HTMLElement | null, from: HTMLElement, step: 1 | -1): boolean {
  const links = [...(list?.querySelectorAll<HTMLElement>("[data-row-link]") ?? [])];
  const present = links.findIndex((link) => link.closest("tr") === from.closest("tr"));
  const next = links[present < 0 ? (step === 1 ? 0 : links.length - 1) : present + step];
  next?.focus();
  return next !== undefined;
}

function pressIn(place: ParentNode | null, selector: string): boolean {
  const control = place?.querySelector<HTMLElement>(selector);
  control?.click();
  return control != null;
}

const OFF = "countersign-list-keys-off";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether keys of one letter do something in this browser. */
export function useKeysEnabled(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(OFF) === null,
    () => true,
  );
}

/** For whoever dictates text or presses keys by accident. */
export function enableKeys(enabled: boolean): void {
  if (enabled) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
  for (const listener of listeners) listener();
}
