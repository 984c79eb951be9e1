import type { RevocationObstacle } from "#lib/authority/bulk-revocation-obstacles.ts";
import type { ActionResult } from "#lib/web/refusal.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** What is selected in the list: certificates picked one by one, or all that its filter matches. */
export type BulkSelection =
  | { ids: string[] }
  | {
      /** Query string of the list's filter. */
      query: string;
      /** How many match, as the list counts them. */
      count: number;
      /** There may be more: they were counted up to a bound. */
      orMore: boolean;
    };

/** How many certificates are selected. */
export function selectedCount(selection: BulkSelection): number {
  return "ids" in selection ? selection.ids.length : selection.count;
}

/** The selection in words; "1,000+ certificates" where nobody counted further. */
export function selectionInWords(selection: BulkSelection): string {
  if ("ids" in selection || !selection.orMore) return certificates(selectedCount(selection));
  return `${selection.count.toLocaleString("en")}+ certificates`;
}

/** "1 certificate", "1,200 certificates". */
export function certificates(count: number): string {
  return count === 1 ? "1 certificate" : `${count.toLocaleString("en")} certificates`;
}

/** What a renewal of the selection would do. */
export interface RenewalForecast {
  count: number;
  renewable: number;
  obstacles: { renewed?: number; authority?: number; foreign?: number; listener?: number };
  /** There are more than were looked at. */
  more: boolean;
}

/** What can be done to many certificates that ends or restores their use. */
export type RevocationKind = "hold" | "revoke" | "release";

/** What holding, revoking or releasing the selection would do. */
export interface RevocationForecast {
  /** How many were looked at, and how many of them would change. */
  count: number;
  possible: number;
  obstacles: Partial<Record<RevocationObstacle, number>>;
  /** There are more than were looked at. */
  more: boolean;
}

/** A run that was started and, when it is small, done at once. */
export interface StartedRun {
  run: string;
  status: string;
  total: number;
  done: number;
  failed: number;
  /** Of those done: what was not so already. */
  changed: number;
}

/** What came of a change: "Changed 2 certificates; 3 were so already". */
export function changeInBrief({ changed, done }: Pick<StartedRun, "changed" | "done">): string {
  const others = done - changed;
  if (changed === 0) return done === 1 ? "It was so already" : "They were so already: nothing changed";
  const were = others === 1 ? "1 was so already" : `${others.toLocaleString("en")} were so already`;
  return others === 0 ? `Changed ${certificates(changed)}` : `Changed ${certificates(changed)}; ${were}`;
}

/** What goes to the server of a selection. */
export type SentSelection = { ids: string[] } | { query: string };

/** The server actions behind the toolbar. */
export interface BulkActions {
  forecast(input: { selection: SentSelection }): Promise<ActionResult<RenewalForecast> | undefined>;
  renew(input: { selection: SentSelection }): Promise<ActionResult<{ run: string }> | undefined>;
  forecastRevocation(input: {
    selection: SentSelection;
    kind: RevocationKind;
  }): Promise<ActionResult<RevocationForecast> | undefined>;
  changeRevocation(input: {
    selection: SentSelection;
    kind: RevocationKind;
    /** Left out unless they are revoked for good. */
    reason?: RevocationReason;
    comment: string;
    /** As a browser writes it, UTC; empty when it is not known. */
    compromisedSince: string;
  }): Promise<ActionResult<{ run: string }> | undefined>;
  annotate(input: {
    selection: SentSelection;
    owner?: string;
    addTags?: string[];
    removeTags?: string[];
  }): Promise<ActionResult<StartedRun> | undefined>;
}

/** A selection without what only the screen needs. */
export function sent(selection: BulkSelection): SentSelection {
  return "ids" in selection ? { ids: selection.ids } : { query: selection.query };
}
