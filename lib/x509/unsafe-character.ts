/** Left-to-right and right-to-left marks, embeddings, overrides and isolates (Unicode UAX #9). */
const BIDIRECTIONAL = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

/** Separators, zero-width and tag characters that no reader sees. */
const INVISIBLE = /[\u00AD\u180E\u200B\u2028\u2029\u2060-\u2064\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;

/** C0, DEL and C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/;

const LONE_SURROGATE = /\p{Surrogate}/u;

const PLAIN_ASCII = /^[\x20-\x7E]*$/;

/**
 * The first character that makes a name say something else than a reader sees: NUL and other controls,
 * bidirectional controls, invisible characters, halves of surrogate pairs.
 *
 * @returns a description such as `the bidirectional control U+202E`, or null when there is none
 */
export function unsafeCharacter(text: string): string | null {
  if (PLAIN_ASCII.test(text)) return null;
  if (text.includes("\0")) return "a NUL character (U+0000)";
  return (
    named(text, CONTROL, "the control character") ??
    named(text, BIDIRECTIONAL, "the bidirectional control") ??
    named(text, INVISIBLE, "the invisible character") ??
    named(text, LONE_SURROGATE, "the unpaired surrogate")
  );
}

function named(text: string, pattern: RegExp, kind: string): string | null {
  const found = pattern.exec(text);
  if (found === null) return null;
  const code = (found[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  return `${kind} U+${code}`;
}
