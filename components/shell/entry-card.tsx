import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";

interface EntryCardProps {
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Below the card: other ways in. */
  footer?: ReactNode;
  /** "wide" for setup, whose steps have more to show. */
  width?: "narrow" | "wide";
}

/** The card of sign-in, setup and invitation. */
export function EntryCard({ title, description, children, footer, width = "narrow" }: EntryCardProps) {
  return (
    <div className={classNames("w-full", width === "narrow" ? "max-w-sm" : "max-w-2xl")}>
      <section className="rounded-lg border border-line bg-surface p-5 sm:p-6">
        <h1 className="font-semibold text-xl">{title}</h1>
        {description != null && <div className="mt-1 text-muted">{description}</div>}
        <div className="mt-5">{children}</div>
      </section>
      {footer != null && <div className="mt-4 text-center text-muted text-sm">{footer}</div>}
    </div>
  );
}
