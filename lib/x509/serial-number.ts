import { malformed } from "../errors.ts";

/** One leading octet that keeps the number positive and minimal, then 136 random bits. */
const OCTETS = 18;

/**
 * A new serial number: positive, 18 octets (RFC 5280 §4.1.2.2 allows 20), 136 bits of randomness and six
 * more in the first octet. The first octet lies between 40 and 7f, so that no encoder has reason to add
 * or drop a zero: one superfluous zero makes OpenSSL refuse a whole CRL.
 *
 * @param random the source of randomness, for tests
 * @returns lower-case hexadecimal text
 */
export function newSerialNumber(
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): string {
  const bytes = random(new Uint8Array(OCTETS));
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40;
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/**
 * A serial number as people paste it (either case, colons or blanks between the octets, a leading 0x) in
 * our form: lower-case hexadecimal, whole octets, no superfluous leading zero octet.
 *
 * @throws DomainError malformed naming `field`
 */
export function parseSerialNumber(text: string, field = "serialNumber"): string {
  const digits = text.length > 200 ? "" : text.trim().replace(/^0x/i, "").replace(/[: ]/g, "").toLowerCase();
  if (!/^[0-9a-f]+$/.test(digits)) {
    throw malformed(field, "serial.hex", "A serial number is hexadecimal text, for example 4f:a0:17.");
  }
  const shortest = digits.replace(/^0+(?=.)/, "");
  const whole = shortest.length % 2 === 0 ? shortest : `0${shortest}`;
  if (/^0+$/.test(whole)) throw malformed(field, "rfc5280.4.1.2.2", "A serial number is positive.");
  if (whole.length > 40) throw malformed(field, "rfc5280.4.1.2.2", "A serial number has at most 20 octets.");
  return whole;
}
