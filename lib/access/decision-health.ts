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
  /** Short names of the services that let everybody in now, as they are set to. */
  openServices: string[];
  /** For how long the use of clients could not be written, in milliseconds; 0 while it can. */
  unwrittenMs: number;
}

/** What the figures are taken from. */
export interface DecisionParts {
  access: AccessSnapshot;
  use: Pick<UseTally, "lateMs">;
  counts: DecisionCounts;
}

/** Looks at it without asking the database, which may be what is wrong. */
export function decisionHealth(
  { clock }: Pick<Installation, "clock">,
  { access, use }: DecisionParts,
): DecisionHealth {
  const usableUntil = access.current?.usableUntil ?? null;
  const isTooOld = usableUntil !== null && clock.now().getTime() >= usableUntil;
  return {
    awaySince: access.awaySince,
    behindSince: access.behindSince,
    usableUntil: usableUntil === null ? null : new Date(usableUntil),
    openServices: isTooOld ? access.servicesFailingOpen : [],
    unwrittenMs: use.lateMs,
  };
}

/** What is wrong, in words; null when nothing is. @param now the present time */
export function decisionProblem(
  { awaySince, behindSince, usableUntil, openServices, unwrittenMs }: DecisionHealth,
  now: Date,
): string | null {
  if (usableUntil === null) return "not ready: clients and services were not read yet";
  if (awaySince !== null) {
    const [since, until] = [awaySince, usableUntil].map((time) => time.toISOString());
    if (now < usableUntil) {
      return `the database does not answer: decisions are made as things were at ${since}, until ${until}`;
    }
    const open = openServices.length === 0 ? "" : `, and let in at ${openServices.join(", ")} (fail open)`;
    return `the database does not answer since ${since}: everybody is refused since ${until}${open}`;
  }
  if (behindSince !== null) {
    return `much changes at once: decisions are made as things were at ${behindSince.toISOString()}, until all of it is read`;
  }
  if (unwrittenMs > 0) {
    return `the use of clients could not be written for ${Math.round(unwrittenMs / 1000)} seconds; it is kept`;
  }
  return null;
}
