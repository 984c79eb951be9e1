import { addSeconds } from "#lib/clock.ts";

/** When a CRL is made, becomes valid, is replaced, is late, and ends. */

/**
 * Clocks of relying parties are behind by some seconds now and then, and OpenSSL refuses everybody while a CRL is
 * not valid yet. A minute does for them, and is too little for a list to look older than it is. What was revoked
 * within that minute is dated after thisUpdate then, which no verifier minds.
 */
const BACKDATE_SECONDS = 60;

/** Of a short life less, so that half of it is not over before it begins. */
const BACKDATE_SHARE = 1 / 10;

/** Changes that follow each other are published together: a list is at least so old before it is replaced. */
export const DEBOUNCE_SECONDS = 5;

/**
 * Of a long list more: making it takes a second for some 12 MB, and revocations that trickle in would keep a
 * processor, the disk and the write lock busy with nothing else.
 */
const REST_BYTES_A_SECOND = 4_000_000;

/** A change that waits this much longer than its list rests is late. */
const PENDING_LATE_SECONDS = 25;

/** A list is late when this share of its life has passed since it was to be replaced. */
const LATE_SHARE = 1 / 20;

/** What decides when a list is to be replaced. */
export interface CrlSpan {
  createdAt: Date;
  nextUpdate: Date;
}

/**
 * The times of a CRL that is made now. thisUpdate lies a little in the past, yet after that of the list before:
 * NSS keeps the list it has unless the new one has a later thisUpdate. Only when the clock went back it cannot, as
 * a time in the future would have the list refused by everybody.
 *
 * @param now whole seconds
 * @param life seconds from now to nextUpdate
 * @param previous thisUpdate of the list that it replaces; null for the first
 */
export function timesOfCrl(
  now: Date,
  life: number,
  previous: Date | null,
): { thisUpdate: Date; nextUpdate: Date } {
  const backdated = addSeconds(now, -Math.floor(Math.min(BACKDATE_SECONDS, life * BACKDATE_SHARE)));
  const after = previous === null ? backdated : addSeconds(previous, 1);
  const thisUpdate = Math.min(now.getTime(), Math.max(backdated.getTime(), after.getTime()));
  return { thisUpdate: new Date(thisUpdate), nextUpdate: addSeconds(now, life) };
}

/**
 * The number of a CRL (RFC 5280 §5.2.3): higher than the last one, and at least the time in seconds, so that it is
 * also higher than any that was published after the backup from which the database was restored.
 */
export function nextCrlNumber(last: bigint, now: Date): bigint {
  const seconds = BigInt(Math.floor(now.getTime() / 1000));
  return seconds > last ? seconds : last + 1n;
}

/**
 * When a list is to be replaced though nothing changed: at half of its life, or of the life that lists have now
 * when that is shorter.
 *
 * @param life seconds that a list made now would live
 */
export function replacedAt({ createdAt, nextUpdate }: CrlSpan, life: number): Date {
  return addSeconds(createdAt, Math.floor(Math.min(lifeOf({ createdAt, nextUpdate }), life) / 2));
}

/** How old a list is at least when changes replace it, in seconds. @param size bytes */
export function restSeconds({ size }: { size: number }): number {
  return Math.max(DEBOUNCE_SECONDS, Math.ceil(size / REST_BYTES_A_SECOND));
}

/** After how many seconds a change that the list does not have is late. @param size bytes */
export function pendingLateSeconds(crl: { size: number }): number {
  return restSeconds(crl) + PENDING_LATE_SECONDS;
}

/** When a list that was not replaced is late. */
export function lateAt(crl: CrlSpan, life: number): Date {
  const shorter = Math.min(lifeOf(crl), life);
  return addSeconds(replacedAt(crl, life), Math.ceil(shorter * LATE_SHARE));
}

const lifeOf = ({ createdAt, nextUpdate }: CrlSpan) => (nextUpdate.getTime() - createdAt.getTime()) / 1000;

/**
 * Up to when certificates may have ended to be left out of a list: RFC 5280 §3.3 keeps an entry until it was on a
 * list that was issued beyond the certificate's end. It stays for the whole life of a list, so that whoever fetches
 * one in time has seen it there.
 *
 * @param previous thisUpdate of the list that it replaces; null for the first, which leaves out nothing
 */
export function leftOutBefore(now: Date, life: number, previous: Date | null): Date {
  if (previous === null) return new Date(0);
  return new Date(Math.min(previous.getTime(), addSeconds(now, -life).getTime()));
}
