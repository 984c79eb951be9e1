import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { DecisionCounts } from "#lib/access/decision-counts.ts";
import type { UseTally } from "#lib/access/use-tally.ts";
import type { Installation } from "#lib/installation.ts";

/** How a process is doing that decides. */
export interface DecisionHealth {
  /** As of which moment decisions are made, when the database does not answer; null while it does. */
  awaySince: Date | null;
  /** The same when so much changes at once that not all of it counts yet; null when it does. */
  behindSince: Date | null;
  /** When what is known becomes too old to let anybody in; null before the first reading. */
  usableUntil: Date | null;
  /** Short names of the services that let in whom nobody can decide about now, as they are set to. */
  openServices: string[];
  /** Whether somebody was let in so within the last minute. */
  hasFailedOpen: boolean;
  /** For how long the use of clients could not be written, in milliseconds; 0 while it can. */
  unwrittenMs: number;
}

/** What the figures are taken from. */
export interface DecisionParts {
  access: AccessSnapshot;
  use: Pick<UseTally, "lateMs">;
  counts: DecisionCounts;
}

/** So long it is told of that somebody was let in because nobody could decide. */
const TOLD_MS = 60_000;

/** Looks at it without asking the database, which may be what is wrong. */
export function decisionHealth(
  { clock }: Pick<Installation, "clock">,
  { access, use, counts }: DecisionParts,
): DecisionHealth {
  const usableUntil = access.current?.usableUntil ?? null;
  const isTooOld = usableUntil !== null && clock.now().getTime() >= usableUntil;
  const hasFailedOpen = counts.sinceFailOpenMs < TOLD_MS;
  return {
    awaySince: access.awaySince,
    behindSince: access.behindSince,
    usableUntil: usableUntil === null ? null : new Date(usableUntil),
    // Whoever was not seen before is let in as soon as the database does not say whether the certificate is revoked.
    openServices: isTooOld || hasFailedOpen || access.awaySince !== null ? access.servicesFailingOpen : [],
    hasFailedOpen,
    unwrittenMs: use.lateMs,
  };
}

/** What is wrong, in words; null when nothing is. @param now the present time */
export function decisionProblem(
  { awaySince, behindSince, usableUntil, openServices, hasFailedOpen, unwrittenMs }: DecisionHealth,
  now: Date,
): string | null {
  if (usableUntil === null) return "not ready: clients and services were not read yet";
  const open = openServices.length === 0 ? "" : ` at ${openServices.join(", ")} (fail open)`;
  if (awaySince !== null) {
    const [since, until] = [awaySince, usableUntil].map((time) => time.toISOString());
    if (now < usableUntil) {
      const asked = open === "" ? "" : `; whose certificate was not seen before is let in${open}`;
      return `the database does not answer: decisions are made as things were at ${since}, until ${until}${asked}`;
    }
    const letIn = open === "" ? "" : `, and let in${open}`;
    return `the database does not answer since ${since}: everybody is refused since ${until}${letIn}`;
  }
  if (hasFailedOpen) {
    return `the database did not say in time who is revoked: within the last minute somebody was let in${open}`;
  }
  if (behindSince !== null) {
    return `much changes at once: decisions are made as things were at ${behindSince.toISOString()}, until all of it is read`;
  }
  if (unwrittenMs > 0) {
    return `the use of clients could not be written for ${Math.round(unwrittenMs / 1000)} seconds; it is kept`;
  }
  return null;
}
