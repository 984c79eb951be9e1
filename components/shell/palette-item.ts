/** Something that the palette can open. */
export interface PaletteItem {
  /** Unique among all items. */
  id: string;
  label: string;
  /** Kind and detail, in quieter type: "client certificate · expires in 3 days". */
  detail?: string;
  /** Heading under which it stands: "Go to", "Certificates". */
  group: string;
  href: string;
  /** Further words that find it. */
  keywords?: string;
}

/** Items whose label, detail or keywords have every word of the query, in their order. */
export function matchingItems(items: readonly PaletteItem[], query: string): PaletteItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const text = `${item.label} ${item.detail ?? ""} ${item.keywords ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Items under their headings, headings in order of first appearance. */
export function groupItems(items: readonly PaletteItem[]): [group: string, items: PaletteItem[]][] {
  return [...Map.groupBy(items, (item) => item.group)];
}
