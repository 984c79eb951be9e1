/** When something was logged, in milliseconds since 1970, and whether the line says its time zone. */
export interface LogTime {
  at: number;
  zone: "said" | "assumed";
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const SLASHED = /^(\d{4})[/.](\d{2})[/.](\d{2}) (\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?$/;

/** `2026/11/21 23:13:31`, which is the proxy's local time; Go's log and stunnel (with dots) write the same. */
export function nginxTime(text: string): LogTime | null {
  const [, year, month, day, hour, minute, second, fraction] = SLASHED.exec(text) ?? [];
  return assumed(utc(year, Number(month), day, hour, minute, second, fraction));
}

const APACHE =
  /^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? (\d{4})$/;

/** `Sat Nov 21 23:13:31.070123 2026`, which is the proxy's local time. */
export function apacheTime(text: string): LogTime | null {
  const [, month, day, hour, minute, second, fraction, year] = APACHE.exec(text) ?? [];
  return assumed(utc(year, monthNumber(month), day, hour, minute, second, fraction));
}

const COMMON_LOG =
  /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?: ([+-]\d{4}))?$/;

/** `21/Nov/2026:23:13:31 +0000`: access logs of nginx and Apache. HAProxy writes milliseconds and no zone. */
export function commonLogTime(text: string): LogTime | null {
  const [, day, month, year, hour, minute, second, fraction, zone] = COMMON_LOG.exec(text) ?? [];
  return zoned(utc(year, monthNumber(month), day, hour, minute, second, fraction), zone);
}

const SYSLOG = /^([A-Z][a-z]{2}) ([ \d]?\d) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;

/**
 * `Nov 21 23:13:31` (RFC 3164 §4.1.2). It has no year: the one is taken in which it is nearest to when the line came.
 */
export function syslogTime(text: string, receivedAt: number): LogTime | null {
  const [, month, day, hour, minute, second, fraction] = SYSLOG.exec(text) ?? [];
  if (month === undefined) return null;
  const received = new Date(receivedAt).getUTCFullYear();
  const nearest = [received, received - 1, received + 1]
    .map((year) => utc(String(year), monthNumber(month), day, hour, minute, second, fraction))
    .filter((at) => at !== null)
    .sort((a, b) => Math.abs(a - receivedAt) - Math.abs(b - receivedAt))[0];
  return assumed(nearest ?? null);
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?: ?(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}))?$/;

/** `2026-11-21T23:13:31.070+00:00` (RFC 3339), also with a blank for the T and without a zone. */
export function isoTime(text: string): LogTime | null {
  const [, year, month, day, hour, minute, second, fraction, zone] = ISO.exec(text) ?? [];
  return zoned(utc(year, Number(month), day, hour, minute, second, fraction), zone);
}

const OPENSSL = /^([A-Z][a-z]{2}) ([ \d]?\d) (\d{2}):(\d{2}):(\d{2}) (\d{4}) GMT$/;

/** `Oct  2 18:32:36 2026 GMT`, as OpenSSL prints the dates of a certificate. */
export function opensslTime(text: string): number | null {
  const [, month, day, hour, minute, second, year] = OPENSSL.exec(text) ?? [];
  return utc(year, monthNumber(month), day, hour, minute, second, undefined);
}

const EPOCH = /^\d{9,11}(?:\.\d{1,9})?$/;

/** Seconds since 1970: `1795302811.070`. */
export function epochTime(text: string): LogTime | null {
  return EPOCH.test(text) ? { at: Math.round(Number(text) * 1_000), zone: "said" } : null;
}

/** @returns NaN when it is no month's name */
function monthNumber(name: string | undefined): number {
  const index = MONTHS.indexOf(name?.toLowerCase() ?? "");
  return index < 0 ? Number.NaN : index + 1;
}

/** @returns null when there is no such day or time of day; a leap second counts as the one after it */
function utc(
  year: string | undefined,
  month: number,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  fraction: string | undefined,
): number | null {
  const years = Number(year);
  const days = Number(day);
  const hours = Number(hour);
  const minutes = Number(minute);
  const seconds = Number(second);
  if (hours > 23 || minutes > 59 || seconds > 60) return null;
  if (days < 1 || !(days <= daysOf(month, years))) return null;
  const milliseconds = fraction === undefined ? 0 : Number(fraction.padEnd(3, "0").slice(0, 3));
  return Date.UTC(years, month - 1, days, hours, minutes, seconds, milliseconds);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** @returns NaN when there is no such month */
function daysOf(month: number, year: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? Number.NaN);
}

function assumed(at: number | null): LogTime | null {
  return at === null ? null : { at, zone: "assumed" };
}

/** No zone is further from Greenwich than 14 hours; RFC 3339 has room for 24. */
const ZONE_MINUTES_MAX = 18 * 60;

/** @param zone as `+0100`, `+01:00` or a name of UTC */
function zoned(at: number | null, zone: string | undefined): LogTime | null {
  if (at === null || zone === undefined) return assumed(at);
  if (!/^[+-]/.test(zone)) return { at, zone: "said" };
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  if (minutes > ZONE_MINUTES_MAX) return null;
  return { at: at - (zone.startsWith("-") ? -minutes : minutes) * 60_000, zone: "said" };
}
