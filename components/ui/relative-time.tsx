"use client";

import { useEffect, useState } from "react";
import { absoluteTime, relativeTime } from "#components/ui/time-format.ts";

interface RelativeTimeProps {
  /** The instant; text is read as ISO 8601. */
  time: Date | string;
  /** "both" adds the absolute time in view, for pages about one thing; in lists it is on hover. */
  show?: "relative" | "both";
}

/** How long ago or until when, with the absolute UTC. Kept up to date while the page is open. */
export function RelativeTime({ time, show = "relative" }: RelativeTimeProps) {
  const instant = new Date(time);
  const [now, setNow] = useState(() => new Date());

  useEffect(() => {
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), 30_000);
    return () => clearInterval(timer);
  }, []);

  const absolute = absoluteTime(instant);
  const relative = (
    // The server wrote its text a moment earlier than this browser: a difference is expected.
    <time
      dateTime={instant.toISOString()}
      title={show === "relative" ? absolute : undefined}
      suppressHydrationWarning
      className="whitespace-nowrap"
    >
      {relativeTime(instant, now)}
    </time>
  );
  if (show === "relative") return relative;
  return (
    <span>
      {absolute} <span className="text-muted">({relative})</span>
    </span>
  );
}
