/** Units with their length in seconds and the number of them from which they are used. */
const UNITS = [
  ["year", 365.25 * 86_400, 2],
  ["month", 30.44 * 86_400, 4],
  ["day", 86_400, 2],
  ["hour", 3_600, 2],
  ["minute", 60, 1],
] as const;

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/**
 * How far away an instant is: "47 hours ago", "in 90 days". A larger unit begins only where
 * cutting off its fraction does no harm: an expiry "in 1 month" could be 30 or 59 days away.
 */
export function relativeTime(instant: Date, now: Date): string {
  const seconds = (instant.getTime() - now.getTime()) / 1000;
  const unit = UNITS.find(([, size, least]) => Math.abs(seconds) >= least * size);
  if (!unit) return seconds > 0 ? "in under a minute" : "just now";
  return RELATIVE.format(Math.trunc(seconds / unit[1]), unit[0]);
}

/** An instant as ISO 8601 writes it, in UTC and to the second: "2026-11-22 21:48:03 UTC". */
export function absoluteTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
