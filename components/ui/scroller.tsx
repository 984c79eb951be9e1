"use client";

import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";

interface ScrollerProps {
  /** Says what scrolls, once it does. */
  label: string;
  className?: string;
  style?: CSSProperties;
  children: ReactNode;
}

/**
 * Scrolls when its content is too large, and can then be reached and moved by keyboard. When all of
 * it fits it has the attribute `data-fits`, so that a table's head may then stick to the page
 * instead of to this box.
 */
export function Scroller({ label, className, style, children }: ScrollerProps) {
  const box = useRef<HTMLDivElement>(null);
  const [fits, setFits] = useState<boolean>();

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      // One pixel of grace: browsers round both sizes.
      setFits(
        element.scrollWidth <= element.clientWidth + 1 && element.scrollHeight <= element.clientHeight + 1,
      );
    });
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);

  return (
    <div
      ref={box}
      className={`group/scroller ${className ?? ""}`}
      style={style}
      data-fits={fits || undefined}
      {...(fits === false ? { role: "region", "aria-label": label, tabIndex: 0 } : {})}
    >
      {children}
    </div>
  );
}
