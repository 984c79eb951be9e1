"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";

/** The server prolongs a session at most this often. */
const EVERY_MS = 10 * 60 * 1000;

let askedAt = 0;

/** Going from page to page is a sign of life; a forgotten tab is none and lets its session end. */
export function StaySignedIn({ stayOn }: { stayOn: () => Promise<unknown> }) {
  const path = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the path is what counts
  useEffect(() => {
    if (Date.now() - askedAt < EVERY_MS) return;
    // The first page after loading need not ask: signing in or coming back was a moment ago.
    const isFirst = askedAt === 0;
    askedAt = Date.now();
    if (!isFirst) void stayOn();
  }, [path, stayOn]);
  return null;
}
