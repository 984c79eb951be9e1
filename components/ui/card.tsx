import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";

interface CardProps {
  title?: ReactNode;
  description?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  footer?: ReactNode;
  children?: ReactNode;
  /** "none" for tables and lists that reach the edges. */
  padding?: "normal" | "none";
  /** Level of the title in the page's outline. */
  level?: 2 | 3;
  className?: string;
}

/** A panel: one subject of a page. */
export function Card({
  title,
  description,
  actions,
  footer,
  children,
  padding = "normal",
  level = 2,
  className,
}: CardProps) {
  const Heading = level === 2 ? "h2" : "h3";
  const headed = title != null || actions != null;
  return (
    <section className={classNames("min-w-0 rounded-lg border border-line bg-surface", className)}>
      {headed && (
        <header
          className={classNames(
            "flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 py-3",
            padding === "none" && "border-line border-b",
          )}
        >
          <div className="min-w-0">
            {title != null && <Heading className="font-semibold text-lg">{title}</Heading>}
            {description != null && <p className="max-w-prose text-muted text-sm">{description}</p>}
          </div>
          {actions != null && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children != null && (
        <div className={padding === "none" ? "" : classNames("px-4 pb-4", !headed && "pt-4")}>{children}</div>
      )}
      {footer != null && <footer className="border-line border-t px-4 py-3">{footer}</footer>}
    </section>
  );
}
