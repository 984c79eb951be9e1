import type { Tone } from "#components/ui/tone.ts";

const SOON_MS = 90 * 86_400_000;

/** How a certificate in a trust bundle is doing; relying parties refuse what is below one that has ended. */
export function memberState(
  { notBefore, notAfter }: { notBefore: Date; notAfter: Date },
  now: Date,
): { tone: Tone; word: "valid" | "ends soon" | "expired" | "not yet valid" } {
  if (notAfter <= now) return { tone: "critical", word: "expired" };
  if (notBefore > now) return { tone: "info", word: "not yet valid" };
  if (notAfter.getTime() - now.getTime() < SOON_MS) return { tone: "warn", word: "ends soon" };
  return { tone: "ok", word: "valid" };
}
