import type { ActionResult } from "#lib/web/refusal.ts";

/** A filter with a name, as the menu shows it. */
export interface ViewFacts {
  id: string;
  name: string;
  /** The query to go to: days that move on are already those of today. */
  query: string;
  shared: boolean;
  mine: boolean;
  mayChange: boolean;
}

/** Server actions that change views. */
export interface ViewActions {
  save: (input: { name: string; query: string; shared: boolean }) => Promise<ActionResult | undefined>;
  change: (input: { id: string; name: string; shared: boolean }) => Promise<ActionResult | undefined>;
  remove: (input: { id: string }) => Promise<ActionResult | undefined>;
}
