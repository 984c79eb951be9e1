const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const SKIP = 64;
const PAD = 65;
const INVALID = 66;
const VALUES = new Uint8Array(256).fill(INVALID);
for (let index = 0; index < 64; index++) VALUES[CODES[index] as number] = index;
for (const blank of " \t\r\n") VALUES[blank.charCodeAt(0)] = SKIP;
VALUES["=".charCodeAt(0)] = PAD;

/** Standard base64 (RFC 4648 §4) with padding and without line breaks. Runs in Node and in browsers. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const group = ((bytes[index] as number) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text += ALPHABET[group >> 18];
    text += ALPHABET[(group >> 12) & 63];
    text += left > 1 ? ALPHABET[(group >> 6) & 63] : "=";
    text += left > 2 ? ALPHABET[group & 63] : "=";
  }
  return text;
}

/**
 * Bytes of standard base64. Blanks and line breaks are skipped; any other foreign character, data after
 * the padding, missing padding or non-zero trailing bits make it invalid. Linear in the input.
 *
 * @param text the text that contains the base64
 * @param start, end the part of `text` to read
 * @returns null when the text is not base64
 */
export function decodeBase64(text: string, start = 0, end = text.length): Uint8Array | null {
  const bytes = new Uint8Array(Math.ceil(((end - start) * 3) / 4));
  let size = 0;
  let group = 0;
  let digits = 0;
  let padding = 0;
  for (let index = start; index < end; index++) {
    // Whole groups, which is nearly all there is, go four characters at a time.
    while (digits % 4 === 0 && padding === 0 && index + 4 <= end) {
      const a = valueAt(text, index);
      const b = valueAt(text, index + 1);
      const c = valueAt(text, index + 2);
      const d = valueAt(text, index + 3);
      if ((a | b | c | d) >= 64) break;
      bytes[size++] = (a << 2) | (b >> 4);
      bytes[size++] = ((b & 15) << 4) | (c >> 2);
      bytes[size++] = ((c & 3) << 6) | d;
      digits += 4;
      index += 4;
    }
    if (index === end) break;
    const value = valueAt(text, index);
    if (value === SKIP) continue;
    if (value === PAD) {
      padding++;
      continue;
    }
    if (value === INVALID || padding > 0) return null;
    group = (group << 6) | value;
    if (++digits % 4 === 0) {
      bytes[size++] = (group >> 16) & 255;
      bytes[size++] = (group >> 8) & 255;
      bytes[size++] = group & 255;
      group = 0;
    }
  }
  const rest = digits % 4;
  if (rest === 1 || padding !== (4 - rest) % 4) return null;
  if (rest === 2) {
    if (group & 15) return null;
    bytes[size++] = group >> 4;
  } else if (rest === 3) {
    if (group & 3) return null;
    bytes[size++] = (group >> 10) & 255;
    bytes[size++] = (group >> 2) & 255;
  }
  return bytes.subarray(0, size);
}

function valueAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 256 ? (VALUES[code] as number) : INVALID;
}
