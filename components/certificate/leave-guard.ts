"use client";

import { useEffect, useEffectEvent } from "react";

/**
 * Keeps a page with something unsaved from being left by accident: closing or reloading asks, and
 * the ways within the console (back, ⌘K, and links where no modal dialog covers them) lead to a warning.
 *
 * @param active while there is something to lose
 * @param onTry somebody tried to leave within the console; with the address when it was by a link
 */
export function useLeaveGuard(active: boolean, onTry: (href?: string) => void): void {
  const tried = useEffectEvent(onTry);
  useEffect(() => {
    if (!active) return;
    const guard = new AbortController();
    const { signal } = guard;
    window.addEventListener("beforeunload", (event) => event.preventDefault(), { signal });

    // An entry of our own on top of the history, so that "back" first takes that one away.
    const stay = () => history.pushState(history.state, "", location.href);
    stay();
    window.addEventListener(
      "popstate",
      (event) => {
        // Before the router hears of it and shows another page.
        event.stopImmediatePropagation();
        stay();
        tried();
      },
      { signal, capture: true },
    );
    window.addEventListener(
      "click",
      (event) => {
        const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
        if (!(link instanceof HTMLAnchorElement) || !leadsAway(link, event)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        tried(link.pathname + link.search);
      },
      { signal, capture: true },
    );
    window.addEventListener(
      "keydown",
      (event) => {
        if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        tried();
      },
      { signal, capture: true },
    );
    return () => guard.abort();
  }, [active]);
}

/** Whether a press puts another page of the console in the place of this one; the browser asks before all others. */
function leadsAway(
  link: HTMLAnchorElement,
  { button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent,
): boolean {
  const opensElsewhere = button !== 0 || metaKey || ctrlKey || shiftKey || altKey || link.target === "_blank";
  if (opensElsewhere || link.hasAttribute("download") || link.origin !== location.origin) return false;
  return link.pathname !== location.pathname || link.search !== location.search;
}
