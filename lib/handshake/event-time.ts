/** When something happened, as a log says it. */
export interface EventTime {
  /** Milliseconds since 1970; null when no line says it. */
  at: number | null;
  /** Whether the line says its zone. */
  zone: "said" | "assumed";
}

/** The zones of the world lie between 12 hours behind UTC and 14 before it. */
export const ZONES_MS = 14 * 3_600_000;

/** Whether a moment was over then; `unsure` within the hours that a zone may make, and without a time. */
export function wasOver(moment: number, { at, zone }: EventTime): "yes" | "no" | "unsure" {
  if (at === null) return "unsure";
  const slack = zone === "said" ? 0 : ZONES_MS;
  if (moment < at - slack) return "yes";
  return moment > at + slack ? "no" : "unsure";
}

/** A moment as it is shown: `2026-11-12 19:10:17 UTC`. */
export function spoken(moment: number): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime())
    ? "an impossible time"
    : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
