const UNITS = [
  ["year", 365.25 * 86_400],
  ["month", 30.44 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/**
 * How far away an instant is, in the largest unit that has two of itself ("47 hours ago", "in 3 days"), because an
 * expiry "in 1 month" may be 30 or 59 days away. Seconds are not told.
 */
export function relativeTime(instant: Date, now: Date): string {
  const seconds = (instant.getTime() - now.getTime()) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 60) return seconds > 0 ? "in under a minute" : "just now";
  const [unit, size] = UNITS.find(([, length]) => distance >= 2 * length) ?? ["minute", 60];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

/** An instant as ISO 8601 writes it, in UTC and to the second: "2026-11-22 21:48:03 UTC". */
export function absoluteTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
