import { REFUSAL_WORDS } from "#components/client/refusal-words.ts";
import type { Tone } from "#components/ui/tone.ts";
import { type ClientState, UNUSED_DAYS } from "#lib/access/client-state.ts";

/** How a client is doing, in a word that a list shows. */
export const STATE_WORDS: Record<ClientState, { tone: Tone; word: string; meaning: string }> = {
  active: { tone: "ok", word: "active", meaning: "It may call what it was granted." },
  unused: {
    tone: "warn",
    word: "unused",
    meaning: `It may call what it was granted, and did not for ${UNUSED_DAYS} days. Does anybody need it?`,
  },
  suspended: {
    tone: "critical",
    word: "suspended",
    meaning: `It is to enter nowhere until it is resumed. ${REFUSAL_WORDS} Its certificate stays valid.`,
  },
  expired: { tone: "critical", word: "expired", meaning: `Its time is over. ${REFUSAL_WORDS}` },
  retired: { tone: "neutral", word: "retired", meaning: "It is refused for good, and its name stays taken." },
};

/** How a client came to be known. */
export function sourceWords(source: string): string {
  if (source === "import") return "from a file";
  return source === "traffic" ? "from traffic" : "by hand";
}

/** Some services in a line: the first ones, and how many more there are. */
export function shortened(names: readonly string[], shown = 2): string {
  if (names.length <= shown) return names.join(", ");
  return `${names.slice(0, shown).join(", ")} and ${names.length - shown} more`;
}
