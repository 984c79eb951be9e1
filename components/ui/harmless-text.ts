import { unsafeCharacter } from "#lib/x509/unsafe-character.ts";

/**
 * Text of others with what deceives a reader made visible: controls (terminal escapes among them), marks that
 * turn the direction of writing round, characters of no width. `a⟨U+202E⟩txt` instead of what reads as "atxt"
 * backwards.
 */
export function harmless(text: string): string {
  if (unsafeCharacter(text) === null) return text;
  return Array.from(text, (character) =>
    unsafeCharacter(character) === null
      ? character
      : `⟨U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  ).join("");
}
