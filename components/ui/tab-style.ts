/** What tabs of both kinds look like. */
export const TAB_BAR = "flex gap-1 overflow-x-auto border-line border-b shadow-none";

export const TAB =
  "inline-flex min-h-9 shrink-0 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-2.5 font-medium text-muted -outline-offset-2! hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink";
