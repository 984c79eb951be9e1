import { fromHex, toHex } from "./hex.ts";

/** Longer than any serial number that is taken from elsewhere into a CRL or an OCSP answer: RFC 5280 allows 20. */
export const SERIAL_OCTETS_MAX = 64;

/**
 * The text of a serial number, as it stands in certificates, CRLs and OCSP: lower-case hexadecimal of the
 * magnitude in whole octets; a leading `-` when negative, `00` when zero. A superfluous zero octet at the
 * beginning is left out once, as a sign would be.
 *
 * @param content the content octets of the INTEGER, at least one
 */
export function serialText(content: Uint8Array): string {
  if ((content[0] as number) < 0x80)
    return toHex(content.length > 1 && content[0] === 0 ? content.subarray(1) : content);
  return `-${toHex(negated(content))}`;
}

/**
 * The content octets of the INTEGER with that text, in their shortest form (X.690 §8.3.2).
 *
 * @throws DomainError malformed, field `serialNumber`, when it is not hexadecimal text
 */
export function serialContent(text: string): Uint8Array {
  const isNegative = text.startsWith("-");
  const magnitude = fromHex(isNegative ? text.slice(1) : text, "serialNumber");
  // As it stands, when its first bit is no sign: so are all that we give out.
  const first = magnitude[0] ?? 0;
  if (!isNegative && first > 0 && first < 0x80) return magnitude;
  const octets = new Uint8Array(magnitude.length + 1);
  octets.set(magnitude, 1);
  const signed = isNegative ? complement(octets) : octets;
  let start = 0;
  while (start < signed.length - 1 && isSuperfluous(signed, start)) start++;
  return signed.subarray(start);
}

/** Whether the octet only repeats the sign that the next one has too. */
function isSuperfluous(content: Uint8Array, at: number): boolean {
  return content[at] === ((content[at + 1] as number) < 0x80 ? 0 : 0xff);
}

/**
 * The magnitude of a negative two's complement, without leading zeros. Octet by octet: whole certificates may
 * be a serial number, and shifting a big number once per octet takes a minute for a quarter of a megabyte.
 */
function negated(content: Uint8Array): Uint8Array {
  const magnitude = complement(content);
  return magnitude.subarray(magnitude.findIndex((octet) => octet !== 0));
}

/** The number with the other sign, in as many octets. */
function complement(content: Uint8Array): Uint8Array {
  const other = content.map((octet) => ~octet);
  let last = other.length - 1;
  while (last > 0 && other[last] === 255) other[last--] = 0;
  other[last] = (other[last] as number) + 1;
  return other;
}
