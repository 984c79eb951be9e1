import { relativeTime } from "#components/ui/time-format.ts";
import { USE_KEPT_DAYS } from "#lib/access/use-hours.ts";

/** Whether a client may call a service. */
export interface MatrixCell {
  grantId: string;
  /** limited: only some paths or methods. */
  state: "live" | "future" | "limited";
  /** When there are several, all of which have to end. */
  grants: number;
  lastUsedAt: Date | null;
}

/** A client with the services that it was granted, by their ids. */
export interface MatrixRow {
  client: { id: string; name: string; state: string };
  cells: Readonly<Record<string, MatrixCell>>;
}

/** What a cell says in view. */
export function cellWords(cell: MatrixCell, now: Date): string {
  if (cell.state === "future") return "later";
  return cell.lastUsedAt === null ? "unused" : relativeTime(cell.lastUsedAt, now);
}

/** What stands behind them where only parts are granted. @param deniedAt proxies that cannot tell parts apart */
export function partsWords(deniedAt: readonly string[]): string {
  return deniedAt.length === 0 ? "(parts)" : `(parts, denied at ${deniedAt.join(", ")})`;
}

/**
 * What pressing a cell does, for somebody who hears it. What is in view is in it as it stands there: whoever speaks to
 * the machine says what they see (WCAG 2.5.3).
 */
export function cellLabel(
  client: string,
  service: string,
  cell: MatrixCell | undefined,
  now: Date,
  deniedAt: readonly string[],
): string {
  if (cell === undefined) return `${client} may not call ${service}: grant it`;
  const words = cellWords(cell, now) + (cell.state === "limited" ? ` ${partsWords(deniedAt)}` : "");
  if (cell.state === "future") return `${client} may call ${service} ${words}: end it`;
  const use = cell.lastUsedAt === null ? `for ${USE_KEPT_DAYS} days` : "last used";
  return `${client} may call ${service}, ${use} ${words}: end it`;
}
