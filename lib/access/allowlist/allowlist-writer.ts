import type { AllowlistEntry } from "#lib/access/allowlist/allowlist-entries.ts";
import type { AllowlistHead } from "#lib/access/allowlist/allowlist-head.ts";

/** How a format is written. */
export interface AllowlistWriter {
  /** Whether paths and methods can be said in it. */
  hasLimits: boolean;
  /** Media type of the file. */
  type: string;
  head(head: AllowlistHead): string;
  /** What stands between the head and the entries, and behind them. */
  open: string;
  close: string;
  /** @param isFirst whether none stands before it */
  entry(entry: AllowlistEntry, isFirst: boolean): string;
}
