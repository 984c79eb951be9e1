import { unsafeCharacter } from "./unsafe-character.ts";

/** What a paragraph may hold besides letters: it is typed with the return key. */
const PARAGRAPH = /[\n\r\t]/g;

/**
 * Why a name would say something else than a reader sees, for the schemas of forms and domain functions.
 *
 * @returns the rest of a sentence that begins with the field's name, or null
 */
export function deception(line: string): string | null {
  const unsafe = unsafeCharacter(line);
  return unsafe === null ? null : `holds ${unsafe}, which would deceive whoever reads it`;
}

/** The same for text of several lines. */
export function deceptionOfParagraph(paragraph: string): string | null {
  return deception(paragraph.replace(PARAGRAPH, " "));
}

/** A refinement for zod out of one of the two. */
export function readable(problemOf: (text: string) => string | null) {
  return (text: string, context: { addIssue(issue: { code: "custom"; message: string }): void }) => {
    const message = problemOf(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  };
}
