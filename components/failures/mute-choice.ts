import { readUtc } from "#components/client/client-draft.ts";
import { malformed } from "#lib/errors.ts";

/** Until when a failure is muted. */
export type MuteChoice = "1h" | "4h" | "1d" | "7d" | "at" | "worse";

const HOUR_MS = 3_600_000;

const HOURS: Partial<Record<MuteChoice, number>> = { "1h": 1, "4h": 4, "1d": 24, "7d": 7 * 24 };

export const MUTE_CHOICES: readonly { value: MuteChoice; label: string }[] = [
  { value: "1h", label: "For an hour" },
  { value: "4h", label: "For 4 hours" },
  { value: "1d", label: "For a day" },
  { value: "7d", label: "For 7 days" },
  { value: "at", label: "Until a time…" },
  { value: "worse", label: "With no end" },
];

/**
 * The time that was chosen; null for no end.
 *
 * @param at UTC, as a browser's field gives it
 * @throws DomainError `malformed`, field `until`, for no time or none that was typed
 */
export function chosenMute(choice: MuteChoice, at: string, now: Date): Date | null {
  if (choice === "worse") return null;
  const hours = HOURS[choice];
  if (hours !== undefined) return new Date(now.getTime() + hours * HOUR_MS);
  const time = readUtc(at, "until");
  if (time === null) throw malformed("until", "time", "Say until when it is muted.");
  return time;
}
