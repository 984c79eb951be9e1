"use client";

import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";

interface ScrollerProps {
  /** Says what scrolls, once it does. */
  label: string;
  /** "width" where height follows from what fits: then only the width is asked. */
  measure?: "width" | "both";
  className?: string;
  style?: CSSProperties;
  children: ReactNode;
}

/**
 * Scrolls when its content is too large, and can then be reached and moved by keyboard. Once
 * measured it has the attribute `data-fits` or `data-overflows`, so that a table's head may stick
 * to the page or to this box.
 */
export function Scroller({ label, measure = "both", className, style, children }: ScrollerProps) {
  const box = useRef<HTMLDivElement>(null);
  const [fits, setFits] = useState<boolean>();

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      // One pixel of grace: browsers round both sizes.
      const wide = element.scrollWidth > element.clientWidth + 1;
      const high = measure === "both" && element.scrollHeight > element.clientHeight + 1;
      setFits(!wide && !high);
    });
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [measure]);

  return (
    <div
      ref={box}
      className={`group/scroller ${className ?? ""}`}
      style={style}
      data-fits={fits || undefined}
      data-overflows={fits === false || undefined}
      {...(fits === false ? { role: "region", "aria-label": label, tabIndex: 0 } : {})}
    >
      {children}
    </div>
  );
}
