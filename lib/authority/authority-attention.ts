import { addSeconds } from "#lib/clock.ts";

/** How much an authority's end is of concern: not yet, to be planned, to be done, to be done now, or past. */
export type ExpiryConcern = "none" | "info" | "warn" | "critical" | "expired";

const DAY = 86_400;

/**
 * Days before the end at which each level begins, the earliest first: replacing a root takes every relying
 * party's trust store, replacing an intermediate only its subscribers. The figures are those of OpenBao's
 * health checks, and fit roots of ten years and intermediates of five.
 */
const LEVELS_DAYS = {
  root: { info: 730, warn: 365, critical: 182 },
  intermediate: { info: 180, warn: 60, critical: 30 },
} as const;

/** Of a short life never more than this share, or a new authority would be of concern from its first day. */
const LEVELS_SHARE = { info: 1 / 3, warn: 1 / 6, critical: 1 / 12 } as const;

/**
 * How much the end of an authority is of concern.
 *
 * @param now whole seconds
 */
export function expiryConcern(
  authority: { kind: "root" | "intermediate"; notBefore: Date; notAfter: Date },
  now: Date,
): ExpiryConcern {
  if (authority.notAfter <= now) return "expired";
  for (const level of ["critical", "warn", "info"] as const) {
    if (now >= concernBegins(authority, level)) return level;
  }
  return "none";
}

/** When a level begins. */
function concernBegins(
  { kind, notBefore, notAfter }: { kind: "root" | "intermediate"; notBefore: Date; notAfter: Date },
  level: "info" | "warn" | "critical",
): Date {
  const life = (notAfter.getTime() - notBefore.getTime()) / 1000;
  const seconds = Math.min(LEVELS_DAYS[kind][level] * DAY, life * LEVELS_SHARE[level]);
  return addSeconds(notAfter, -Math.floor(seconds));
}
