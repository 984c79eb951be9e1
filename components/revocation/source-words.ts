import type { Tone } from "#components/ui/tone.ts";

/** How a foreign CRL stands, in a word and a sentence. */
export const SOURCE_STATES: Record<
  "expired" | "missing" | "late" | "failing" | "ok",
  { tone: Tone; word: string; meaning: string | null }
> = {
  expired: {
    tone: "critical",
    word: "expired",
    meaning:
      "Proxies that load it refuse every client of its chain, and what its issuer revoked since is not known here.",
  },
  missing: {
    tone: "warn",
    word: "not here yet",
    meaning: "Proxies that check the whole chain refuse every client of it until it is.",
  },
  late: {
    tone: "warn",
    word: "ends soon",
    meaning: "No newer one came. Fetch or upload the next one before it ends.",
  },
  failing: { tone: "info", word: "cannot be fetched", meaning: "The one that is here still holds." },
  ok: { tone: "ok", word: "current", meaning: null },
};
