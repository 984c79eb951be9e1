import { TAG } from "./der-writer.ts";

const FOUR_CENTURIES_MS = 146_097 * 86_400_000;

/**
 * Date of a UTCTime or GeneralizedTime in the one form that RFC 5280 §4.1.2.5 allows for each: with
 * seconds, in UTC as Z, without fractions. Two-digit years from 50 on belong to the 20th century.
 *
 * @returns null for any other form and for dates that do not exist
 */
export function decodeTime(tag: number, content: Uint8Array): Date | null {
  const yearDigits = tag === TAG.utcTime ? 2 : tag === TAG.generalizedTime ? 4 : 0;
  if (yearDigits === 0 || content.length !== yearDigits + 11 || content[content.length - 1] !== 0x5a)
    return null;
  let year = digits(content, 0, yearDigits);
  if (yearDigits === 2 && year >= 0) year += year >= 50 ? 1900 : 2000;
  const month = digits(content, yearDigits, 2);
  const day = digits(content, yearDigits + 2, 2);
  const hour = digits(content, yearDigits + 4, 2);
  const minute = digits(content, yearDigits + 6, 2);
  const second = digits(content, yearDigits + 8, 2);
  if (year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59) return null;
  if (second < 0 || second > 59) return null;
  // The calendar repeats itself after 400 years; Date.UTC takes the years before 100 for those of 1900.
  const date = new Date(Date.UTC(year + 400, month - 1, day, hour, minute, second) - FOUR_CENTURIES_MS);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : null;
}

const LOOSE = /^(\d\d|\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,]\d+)?(Z|[+-]\d{4})?$/;

/**
 * Date of the other forms that X.680 knows and some software writes: without seconds, with fractions, with
 * an offset or without any zone (read as UTC). A day or second that does not exist is counted on.
 *
 * @returns null when it is no time at all
 */
export function decodeLooseTime(tag: number, content: Uint8Array): Date | null {
  if ((tag !== TAG.utcTime && tag !== TAG.generalizedTime) || content.length > 40) return null;
  const parts = LOOSE.exec(String.fromCharCode(...content));
  if (parts === null) return null;
  const [, years = "", month, day, hour, minute = 0, second = 0, zone = "Z"] = parts;
  const year = years.length === 4 ? Number(years) : Number(years) + (Number(years) >= 50 ? 1900 : 2000);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  if (zone === "Z") return date;
  const offset = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) * 60_000;
  return new Date(date.getTime() + (zone.startsWith("-") ? offset : -offset));
}

/** The number of `count` decimal digits, or a negative one when there are others among them. */
function digits(content: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index++) {
    const digit = (content[index] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
