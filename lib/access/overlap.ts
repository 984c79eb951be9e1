/** How long the old credential goes on counting beside the new one, as it is chosen. */
export const OVERLAPS = [
  { name: "now", seconds: 0, label: "None: the old one ends at once" },
  { name: "15m", seconds: 900, label: "15 minutes" },
  { name: "1h", seconds: 3_600, label: "1 hour" },
  { name: "6h", seconds: 21_600, label: "6 hours" },
  { name: "24h", seconds: 86_400, label: "24 hours" },
  { name: "7d", seconds: 604_800, label: "7 days" },
  { name: "30d", seconds: 2_592_000, label: "30 days" },
] as const;

export type Overlap = (typeof OVERLAPS)[number]["name"];

/** The length of an overlap in seconds. */
export function overlapSeconds(overlap: Overlap): number {
  return OVERLAPS.find(({ name }) => name === overlap)?.seconds ?? 0;
}
