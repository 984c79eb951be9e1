import type { Database } from "#lib/database.ts";

/** So far back use is shown hour by hour. */
export const USE_HOURS = 36;

/** So long use by the hour is kept at all. */
export const USE_KEPT_DAYS = 30;

const HOUR_MS = 3_600_000;

/** Requests let in and refused in one hour. */
export interface UseHour {
  permitted: number;
  refused: number;
}

/** Hours without any use, the oldest first. */
export function noUse(): UseHour[] {
  return Array.from({ length: USE_HOURS }, () => ({ permitted: 0, refused: 0 }));
}

/** The use of some clients in the last hours, by their ids; clients without any are not in it. */
export async function hoursOfClients(
  { read }: Database,
  ids: readonly string[],
  now: Date,
): Promise<Map<string, UseHour[]>> {
  const newest = Math.floor(now.getTime() / HOUR_MS);
  const rows = await read.accessHour.groupBy({
    by: ["clientId", "hour"],
    where: { clientId: { in: [...ids] }, hour: { gt: new Date((newest - USE_HOURS) * HOUR_MS) } },
    _sum: { permitted: true, refused: true },
  });
  const hours = new Map<string, UseHour[]>();
  for (const { clientId, hour, _sum } of rows) {
    const all = hours.get(clientId) ?? noUse();
    hours.set(clientId, all);
    const place = USE_HOURS - 1 - (newest - hour.getTime() / HOUR_MS);
    if (all[place] !== undefined) all[place] = { permitted: _sum.permitted ?? 0, refused: _sum.refused ?? 0 };
  }
  return hours;
}

/**
 * The use of one service in the last hours, also by callers that are not known. Each hour is a query of its own: a
 * hundred thousand clients make as many rows in each, and others run in between.
 */
export async function hoursOfService({ read }: Database, serviceId: string, now: Date): Promise<UseHour[]> {
  const newest = Math.floor(now.getTime() / HOUR_MS);
  const hours: UseHour[] = [];
  for (let ago = USE_HOURS - 1; ago >= 0; ago--) {
    const { _sum } = await read.accessHour.aggregate({
      where: { serviceId, hour: new Date((newest - ago) * HOUR_MS) },
      _sum: { permitted: true, refused: true },
    });
    hours.push({ permitted: _sum.permitted ?? 0, refused: _sum.refused ?? 0 });
  }
  return hours;
}
