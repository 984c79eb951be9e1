// biome-ignore-all lint/a11y/noRedundantRoles: rows are stacked on narrow screens by `display`, and some browsers then forget what a table is.
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { Scroller } from "#components/ui/scroller.tsx";

interface TableProps {
  /** What it lists; heard by screen readers. */
  label: string;
  children: ReactNode;
  /** On narrow screens each row becomes a small card (stack), or the table scrolls sideways (scroll). */
  narrow?: "stack" | "scroll";
}

/**
 * A dense table: `TableHead` with `HeaderCell`s (or `SortableHeader`s), `TableBody` with `Row`s of
 * `Cell`s. Its head stays in view: below the top bar, or, where it is wider than the
 * page, at the top of a box of its own that scrolls both ways.
 */
export function Table({ label, children, narrow = "stack" }: TableProps) {
  return (
    <Scroller
      label={label}
      measure="width"
      className="overflow-x-auto data-fits:overflow-x-visible sm:data-overflows:max-h-[calc(100dvh-var(--topbar-height)-3rem)]"
    >
      <table
        role="table"
        aria-label={label}
        className={classNames(
          "group/table w-full border-separate border-spacing-0 text-sm max-sm:[&.stack]:block",
          narrow,
        )}
      >
        {children}
      </table>
    </Scroller>
  );
}

/** The row of column names. */
export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead role="rowgroup" className="max-sm:group-[.stack]/table:sr-only">
      <tr role="row">{children}</tr>
    </thead>
  );
}

/** The rows. */
export function TableBody({ children }: { children: ReactNode }) {
  return (
    <tbody role="rowgroup" className="max-sm:group-[.stack]/table:block">
      {children}
    </tbody>
  );
}

interface HeaderCellProps {
  children?: ReactNode;
  /** "end" for numbers. */
  align?: "start" | "end";
  sort?: "ascending" | "descending" | undefined;
  className?: string;
}

/** A column's name. */
export function HeaderCell({ children, align = "start", sort, className }: HeaderCellProps) {
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={sort}
      className={classNames(
        "whitespace-nowrap border-line border-b bg-sunken px-3 py-1.5 font-medium text-muted text-xs first:pl-4 last:pr-4",
        "sticky top-0 z-10 group-data-fits/scroller:top-(--topbar-height)",
        align === "end" ? "text-right" : "text-left",
        className,
      )}
    >
      {children}
    </th>
  );
}

interface RowProps {
  children: ReactNode;
  selected?: boolean;
}

/** A row; a `RowLink` in one of its cells makes the whole of it lead there. */
export function Row({ children, selected = false }: RowProps) {
  return (
    <tr
      role="row"
      aria-selected={selected || undefined}
      className={classNames("group/row data-row", selected && "bg-selected")}
    >
      {children}
    </tr>
  );
}

interface CellProps extends Omit<ComponentProps<"td">, "align"> {
  /** Sentences may be broken into lines; everything else stays on one, so that rows are even. */
  wrap?: boolean;
  /** The column's name again, shown beside the value where rows are stacked. Leave it out for the first cell and for buttons. */
  label?: string;
  align?: "start" | "end";
}

/** A value. Buttons and links in it stay above the row's own link. */
export function Cell({ label, align = "start", wrap = false, className, children, ...rest }: CellProps) {
  return (
    <td
      {...rest}
      role="cell"
      className={classNames(
        "data-cell",
        wrap ? "min-w-48 break-words" : "sm:whitespace-nowrap",
        align === "end" && "text-right max-sm:group-[.stack]/table:text-left",
        className,
      )}
    >
      {label !== undefined && (
        <span aria-hidden className="data-cell-label">
          {label}
        </span>
      )}
      {label === undefined ? children : <span className="min-w-0 max-sm:flex-1">{children}</span>}
    </td>
  );
}
