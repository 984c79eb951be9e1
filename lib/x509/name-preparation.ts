/** Characters that string preparation maps to nothing (RFC 4518 §2.2). */
const TO_NOTHING =
  /\u034F|[\u00AD\u1806\u200B-\u200F\u202A-\u202E\u2060-\u2064\u206A-\u206F\uFEFF\uFFFC]|\p{Variation_Selector}/gu;

const PLAIN = /^[\x21-\x7E]+(?: [\x21-\x7E]+)*$/;

/**
 * The form in which attribute values are compared (RFC 5280 §7.1, RFC 4518 §2): invisible characters
 * dropped, NFKC, case folded, runs of white space to one blank, none at the ends.
 */
export function comparableText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .replace(TO_NOTHING, "")
    .normalize("NFKC")
    .toUpperCase()
    .toLowerCase()
    .normalize("NFKC")
    .replace(/\s+/g, " ")
    .trim();
}
