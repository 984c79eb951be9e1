const DAY_MS = 86_400_000;

/** Ranges of expiry that people ask for, in days from today. */
export const EXPIRY_PRESETS: readonly { label: string; from: number | null; to: number }[] = [
  { label: "in the next 7 days", from: 0, to: 7 },
  { label: "in the next 30 days", from: 0, to: 30 },
  { label: "in the next 90 days", from: 0, to: 90 },
  { label: "in the last 7 days", from: -7, to: 0 },
];

/** A day so many days away. @param today as 2026-12-31 */
export function dayAway(today: string, days: number): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/**
 * A range in words, for the mark that takes it away again.
 *
 * @param from, to days or times as the address has them; empty when open
 */
export function rangeInWords(from: string, to: string, today: string): string {
  const preset = EXPIRY_PRESETS.find(
    (each) =>
      from === (each.from === null ? "" : dayAway(today, each.from)) && to === dayAway(today, each.to),
  );
  if (preset !== undefined) return preset.label;
  if (from === "") return `until ${spoken(to)}`;
  if (to === "") return `from ${spoken(from)}`;
  return from === to ? `on ${spoken(from)}` : `${spoken(from)} to ${spoken(to)}`;
}

function spoken(time: string): string {
  return time.replace("T", " ").replace("Z", " UTC");
}
