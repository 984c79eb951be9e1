/** A duration as it is typed: a number and its unit. */
export interface DurationDraft {
  amount: string;
  unit: DurationUnit;
}

export const UNIT_SECONDS = { minutes: 60, hours: 3_600, days: 86_400 } as const;
export type DurationUnit = keyof typeof UNIT_SECONDS;

/** In the largest unit that expresses it whole; parts of a minute are rounded. */
export function toDurationDraft(seconds: number): DurationDraft {
  for (const unit of ["days", "hours"] as const) {
    if (seconds > 0 && seconds % UNIT_SECONDS[unit] === 0) {
      return { amount: String(seconds / UNIT_SECONDS[unit]), unit };
    }
  }
  return { amount: String(Math.round(seconds / 60)), unit: "minutes" };
}

/** Whole seconds; 0 for what is no number, which the rules then refuse by name. */
export function durationSeconds({ amount, unit }: DurationDraft): number {
  const seconds = Math.round(Number(amount.replace(",", ".")) * UNIT_SECONDS[unit]);
  return Number.isFinite(seconds) ? seconds : 0;
}
