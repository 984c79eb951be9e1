import { ChevronRight } from "lucide-react";
import Link from "next/link";

export interface Breadcrumb {
  label: string;
  href: string;
}

/** The way up from this page, nearest last; the page itself is the heading below. */
export function Breadcrumbs({ trail }: { trail: readonly Breadcrumb[] }) {
  return (
    <nav aria-label="Breadcrumbs" className="mb-1 text-sm">
      <ol className="flex flex-wrap items-center gap-1 text-muted">
        {trail.map((crumb) => (
          <li key={crumb.href} className="inline-flex min-h-6 min-w-0 items-center gap-1">
            <Link href={crumb.href} prefetch={false} className="truncate hover:text-ink hover:underline">
              {crumb.label}
            </Link>
            <ChevronRight aria-hidden className="size-3 shrink-0 text-faint" />
          </li>
        ))}
      </ol>
    </nav>
  );
}
