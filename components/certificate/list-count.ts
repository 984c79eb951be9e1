/** How many certificates a filter matches; not exact when counting them all would take long. */
export interface ListCount {
  count: number;
  exact: boolean;
}

/** "3,412", or "1,000+" when nobody counted further. */
export function countInWords({ count, exact }: ListCount): string {
  return `${count.toLocaleString("en")}${exact ? "" : "+"}`;
}
