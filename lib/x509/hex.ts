import { malformed } from "../errors.ts";

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal text of bytes, two digits each, no separators. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index++) text += DIGITS[bytes[index] as number];
  return text;
}

/**
 * Bytes of hexadecimal text (either case, an even number of digits, no separators).
 *
 * @throws DomainError malformed naming `field`
 */
export function fromHex(text: string, field = "hex"): Uint8Array {
  if (text.length % 2 !== 0)
    throw malformed(field, "hex.length", "Hexadecimal text needs an even number of digits.");
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const high = digit(text.charCodeAt(2 * index));
    const low = digit(text.charCodeAt(2 * index + 1));
    if (high < 0 || low < 0)
      throw malformed(field, "hex.digit", "Hexadecimal text has only the digits 0-9 and a-f.");
    bytes[index] = (high << 4) | low;
  }
  return bytes;
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
