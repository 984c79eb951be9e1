"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useOptimistic, useRef, useState, useTransition } from "react";
import { Switch } from "#components/ui/switch.tsx";

interface LiveListProps {
  /** Where a text is asked for that changes when the page would. */
  markHref: string;
  /** What that text was when this page was made. */
  mark: string;
  isLive: boolean;
  /** The same page, live or no longer; null for one that cannot be stopped. */
  otherHref: string | null;
}

const ASK_EVERY_MS = 1_000;
/** After a page that took long the server is given so much more time. */
const REST = 2;

type Standing = "live" | "held" | "away" | "signed-out";

/**
 * Renews the page within about a second of a change, while somebody looks at it. Focus and scroll stay where they are;
 * nothing is renewed while text is selected.
 */
export function LiveList({ markHref, mark, isLive, otherHref }: LiveListProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [isOn, setOn] = useOptimistic(isLive);
  const [standing, setStanding] = useState<Standing>("live");
  const [askedAt, setAskedAt] = useState<Date | null>(null);
  const focused = useRef<Element | null>(null);
  const renewal = useRef({ startedAt: 0, restUntil: 0 });

  // A row that moved to another place lost the focus on its way.
  useEffect(() => {
    if (pending) return;
    const { startedAt } = renewal.current;
    if (startedAt !== 0)
      renewal.current = { startedAt: 0, restUntil: Date.now() + REST * (Date.now() - startedAt) };
    const before = focused.current;
    focused.current = null;
    if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) {
      before.focus({ preventScroll: true });
    }
  }, [pending]);

  const ask = useEffectEvent(async (signal: AbortSignal): Promise<Standing | null> => {
    if (document.hidden || pending || Date.now() < renewal.current.restUntil) return null;
    if (isTextSelected()) return "held";
    const answer = await fetch(markHref, { cache: "no-store", signal });
    if (answer.status === 401) return "signed-out";
    // What was forgotten meanwhile has no mark any more: the page says so.
    const isGone = answer.status === 404;
    if (!answer.ok && !isGone) return "away";
    setAskedAt(new Date());
    if ((isGone || (await answer.text()) !== mark) && !signal.aborted) {
      focused.current = document.activeElement;
      renewal.current.startedAt = Date.now();
      startTransition(() => router.refresh());
    }
    return "live";
  });

  useEffect(() => {
    if (!isLive) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    const turn = async () => {
      let found: Standing | null;
      isAsking = true;
      try {
        found = await ask(stop.signal);
      } catch {
        found = "away";
      }
      isAsking = false;
      if (stop.signal.aborted) return;
      if (found !== null) setStanding(found);
      if (found !== "signed-out") timer = setTimeout(turn, ASK_EVERY_MS);
    };
    // Whoever comes back to it does not wait.
    const wake = () => {
      if (document.hidden || isAsking) return;
      clearTimeout(timer);
      timer = setTimeout(turn, 0);
    };
    timer = setTimeout(turn, ASK_EVERY_MS);
    document.addEventListener("visibilitychange", wake);
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [isLive]);

  return (
    <div className="flex flex-wrap items-center gap-x-3 text-sm">
      {otherHref !== null && (
        <Switch
          label="Live"
          checked={isOn}
          onChange={() =>
            startTransition(() => {
              setOn(!isLive);
              router.replace(otherHref, { scroll: false });
            })
          }
        />
      )}
      {isLive && (
        <span className={standing === "live" ? "text-muted" : "text-warn"}>{wordsOf(standing, askedAt)}</span>
      )}
    </div>
  );
}

function isTextSelected(): boolean {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.toString().trim() !== "";
}

function wordsOf(standing: Standing, askedAt: Date | null): string {
  switch (standing) {
    case "held":
      return "waits while text is selected";
    case "away":
      return "the server does not answer; trying on";
    case "signed-out":
      return "signed out: load the page again";
    default:
      return askedAt === null ? "checking" : `checked ${askedAt.toISOString().slice(11, 19)} UTC`;
  }
}
