import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { ButtonLink } from "#components/ui/button-link.tsx";

interface PaginationProps {
  /** What is shown: "50 of 1,000+ certificates". */
  summary: ReactNode;
  /** Absent on the first page. */
  newerHref?: string | undefined;
  /** Absent on the last page. */
  olderHref?: string | undefined;
  /** Other words where the list is not ordered by time. */
  labels?: { newer: string; older: string };
}

/** Steps through a list by key, not by page number: nobody counts a million rows. */
export function Pagination({
  summary,
  newerHref,
  olderHref,
  labels = { newer: "Newer", older: "Older" },
}: PaginationProps) {
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center justify-between gap-2 border-line border-t px-4 py-2 text-sm"
    >
      <span className="text-muted">{summary}</span>
      <span className="flex gap-2">
        {newerHref !== undefined && (
          <ButtonLink href={newerHref} size="sm" rel="prev" icon={<ChevronLeft aria-hidden />}>
            {labels.newer}
          </ButtonLink>
        )}
        {olderHref !== undefined && (
          <ButtonLink href={olderHref} size="sm" rel="next">
            {labels.older}
            <ChevronRight aria-hidden />
          </ButtonLink>
        )}
      </span>
    </nav>
  );
}
