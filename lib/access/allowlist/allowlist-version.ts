import type { AllowlistBody } from "#lib/access/allowlist/allowlist-file.ts";
import type { AllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";

/** Which list of a service. */
export interface AllowlistName {
  serviceId: string;
  format: AllowlistFormat;
}

/** The number of a list, and since when it says what it says. */
export interface AllowlistVersion {
  version: number;
  madeAt: Date;
}

/** The newest list at a moment: whatever is read thereafter is as new as what it was made of, or newer. */
export interface AllowlistBasis {
  /** 0 for none. */
  version: number;
  madeAt: Date | null;
}

/** A clock that is ahead by more is wrong: it is not followed. */
const AHEAD_SECONDS = 60;

/** Looks which list is the newest: to be done before anything is read of which the next one is made. */
export async function allowlistBasis(
  { database }: Pick<Installation, "database">,
  { serviceId, format }: AllowlistName,
): Promise<AllowlistBasis> {
  const row = await database.read.allowlist.findUnique({
    where: { serviceId_format: { serviceId, format } },
    select: { version: true, madeAt: true },
  });
  return row ?? { version: 0, madeAt: null };
}

/**
 * The time for which a list is made: not before that of the newest version, which another instance with a clock
 * that is a little ahead may have made.
 */
export function allowlistTime({ clock }: Pick<Installation, "clock">, { madeAt }: AllowlistBasis): Date {
  const now = clock.now();
  return madeAt !== null && madeAt > now && madeAt <= addSeconds(now, AHEAD_SECONDS) ? madeAt : now;
}

/**
 * Finds the version of a list: that of the newest when it says the same, else the next. So all instances give the
 * same list the same number. One that says something else follows only the version on which it is based: so it is
 * never made of an older state than the one before it, however long its making took and whatever the clocks say.
 *
 * @param at the time for which it was made
 * @returns null when another instance made a version meanwhile: it is to be made again
 */
export async function settleVersion(
  { database }: Pick<Installation, "database">,
  { serviceId, format }: AllowlistName,
  { sha256, entries, leftOut }: Pick<AllowlistBody, "sha256" | "entries" | "leftOut">,
  basis: Pick<AllowlistBasis, "version">,
  at: Date,
): Promise<AllowlistVersion | null> {
  const where = { serviceId_format: { serviceId, format } };
  const facts = { admitted: entries, unexpressed: leftOut.length };
  const newest = await database.read.allowlist.findUnique({ where });
  if (newest?.sha256 === sha256 && newest.unexpressed === facts.unexpressed) return newest;
  return database.write(async (transaction) => {
    const present = await transaction.allowlist.findUnique({ where });
    if (present?.sha256 === sha256) {
      await transaction.allowlist.update({ where, data: facts });
      return present;
    }
    const version = present?.version ?? 0;
    if (version !== basis.version) return null;
    const made = { ...facts, sha256, madeAt: at, version: version + 1 };
    await transaction.allowlist.upsert({
      where,
      create: { serviceId, format, ...made },
      update: made,
    });
    return made;
  });
}
