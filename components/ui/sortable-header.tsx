import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { HeaderCell } from "#components/ui/table.tsx";

interface SortableHeaderProps {
  children: ReactNode;
  /** The same list in the order that a press asks for; the order lives in the URL. */
  href: string;
  /** The present order, when the list is sorted by this column. */
  sort?: "ascending" | "descending" | undefined;
  align?: "start" | "end";
}

/** A column's name that sorts by it. */
export function SortableHeader({ children, href, sort, align }: SortableHeaderProps) {
  const Icon = sort === "ascending" ? ArrowUp : sort === "descending" ? ArrowDown : ArrowUpDown;
  return (
    <HeaderCell sort={sort} {...(align ? { align } : {})}>
      <Link
        href={href}
        prefetch={false}
        scroll={false}
        className="inline-flex min-h-6 items-center gap-1 hover:text-ink"
      >
        {children}
        <Icon aria-hidden className={sort ? "size-3 text-ink" : "size-3 text-faint"} />
      </Link>
    </HeaderCell>
  );
}
