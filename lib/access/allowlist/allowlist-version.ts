import type { AllowlistBody } from "#lib/access/allowlist/allowlist-file.ts";
import type { AllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import type { AccessState } from "#lib/access/allowlist/candidates.ts";
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

/** Of when a list is, in which state of the database. */
export interface AllowlistOrigin {
  at: Date;
  state: AccessState;
}

/** A clock that is ahead by more is wrong: it is not followed. */
const AHEAD_SECONDS = 60;

/**
 * The time for which a list is made: not before that of the newest version, which another instance with a clock
 * that is a little ahead may have made.
 */
export async function allowlistTime(
  { database, clock }: Installation,
  { serviceId, format }: AllowlistName,
): Promise<Date> {
  const row = await database.read.allowlist.findUnique({
    where: { serviceId_format: { serviceId, format } },
    select: { madeAt: true },
  });
  const now = clock.now();
  return row !== null && row.madeAt > now && row.madeAt <= addSeconds(now, AHEAD_SECONDS) ? row.madeAt : now;
}

/**
 * Finds the version of a list: that of the newest when it says the same, else the next. So all instances give the
 * same list the same number, and a list made from an older state never follows one from a newer.
 *
 * @returns null when the list may be older than the newest one: it is to be made again
 */
export async function settleVersion(
  { database, clock }: Installation,
  { serviceId, format }: AllowlistName,
  { sha256, entries, leftOut }: Pick<AllowlistBody, "sha256" | "entries" | "leftOut">,
  { at, state }: AllowlistOrigin,
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
    const ground = await transaction.ground.findUniqueOrThrow({
      where: { id: 1 },
      select: { access: true, revocations: true },
    });
    if (present !== null && present.madeAt <= addSeconds(clock.now(), AHEAD_SECONDS)) {
      const isCurrent = ground.access === state.access && ground.revocations === state.revocations;
      // While much changes no list is of the very last state; one made later than the newest is of a later one.
      if (isCurrent ? at < present.madeAt : at <= present.madeAt) return null;
    }
    const made = { ...facts, sha256, madeAt: at, version: (present?.version ?? 0) + 1 };
    await transaction.allowlist.upsert({
      where,
      create: { serviceId, format, ...made },
      update: made,
    });
    return made;
  });
}
