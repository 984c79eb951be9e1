import type { Tone } from "#components/ui/tone.ts";

/** Something that needs a person, with the way to mend it. */
export interface AttentionItem {
  id: string;
  tone: Extract<Tone, "critical" | "warn" | "info">;
  title: string;
  detail: string;
  /** Where it is mended. */
  fix: { label: string; href: string } | null;
  /** The things it is about, when they are several: the nearest to their end first. */
  things: { id: string; label: string; href: string; at: Date }[];
}

type NewItem = Omit<AttentionItem, "things" | "fix"> & Partial<AttentionItem>;

/** An item, without a way to mend it and without things unless they are given. */
export const item = (given: NewItem): AttentionItem => ({ fix: null, things: [], ...given });
