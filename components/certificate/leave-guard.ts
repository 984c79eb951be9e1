"use client";

import { useEffect, useEffectEvent } from "react";

/**
 * Keeps a page with something unsaved from being left by accident: closing or reloading asks, and
 * the ways within the console that a modal dialog does not cover (back, ⌘K) lead to a warning.
 *
 * @param active while there is something to lose
 * @param onTry somebody tried to leave within the console
 */
export function useLeaveGuard(active: boolean, onTry: () => void): void {
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
