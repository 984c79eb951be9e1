"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";

interface ScrollerProps {
  /** Says what scrolls, once it does. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** Scrolls sideways when its content is too wide, and can then be reached and moved by keyboard. */
export function Scroller({ label, className, children }: ScrollerProps) {
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const clips = getComputedStyle(element).overflowX !== "visible";
      setScrolls(clips && element.scrollWidth > element.clientWidth + 1);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);

  return (
    <div
      ref={box}
      className={className}
      {...(scrolls ? { role: "region", "aria-label": label, tabIndex: 0 } : {})}
    >
      {children}
    </div>
  );
}
