import { readUtc } from "#components/client/client-draft.ts";
import { OVERLAPS, type Overlap, overlapSeconds } from "#lib/access/overlap.ts";
import { malformed } from "#lib/errors.ts";

/** When a credential is to end: after one of the usual overlaps, at a time, or never. */
export type EndChoice = Overlap | "at" | "never";

export const END_CHOICES: readonly { value: EndChoice; label: string }[] = [
  ...OVERLAPS.map(({ name, label }) => ({
    value: name,
    label: name === "now" ? "Now" : `In ${label}`,
  })),
  { value: "at", label: "At a time…" },
  { value: "never", label: "Never: it counts on" },
];

/**
 * The time that was chosen; null for never, and the present for now, which the server reads as at once.
 *
 * @param at UTC, as a browser's field gives it
 * @throws DomainError `malformed`, field `endsAt`, for no time or none that was typed
 */
export function chosenEnd(choice: EndChoice, at: string, now: Date): Date | null {
  if (choice === "never") return null;
  if (choice !== "at") return new Date(now.getTime() + overlapSeconds(choice) * 1000);
  const time = readUtc(at, "endsAt");
  if (time === null) throw malformed("endsAt", "time", "Say at which time it is to end.");
  return time;
}
