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

/** What pressing a cell does, for somebody who hears it. */
export function cellLabel(client: string, service: string, cell: MatrixCell | undefined, now: Date): string {
  if (cell === undefined) return `${client} may not call ${service}: grant it`;
  const terms = { live: "may call", limited: "may call parts of", future: "may later call" }[cell.state];
  const use =
    cell.lastUsedAt === null
      ? `not used in ${USE_KEPT_DAYS} days`
      : `last used ${relativeTime(cell.lastUsedAt, now)}`;
  return `${client} ${terms} ${service}, ${use}: end it`;
}
