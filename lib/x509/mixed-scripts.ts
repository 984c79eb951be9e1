/** The scripts whose letters are taken for one another (Unicode TR #39 §4): о is Cyrillic, ο Greek, o Latin. */
const SCRIPTS = [
  ["Latin", /\p{Script=Latin}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
] as const;

const WORDS = /[\p{L}\p{M}]+/gu;
const PLAIN_ASCII = /^[\x20-\x7E]*$/;

/**
 * Why a name may be taken for another one: a word of it has letters of several scripts that look alike. Words of one
 * script each may stand beside one another.
 *
 * @returns the rest of a sentence that begins with the field's name, or null
 */
export function mixedScripts(line: string): string | null {
  if (PLAIN_ASCII.test(line)) return null;
  for (const [word] of line.normalize("NFKC").matchAll(WORDS)) {
    const [first, second] = SCRIPTS.filter(([, letters]) => letters.test(word));
    if (first === undefined || second === undefined) continue;
    return `mixes ${first[0]} and ${second[0]} letters in one word, which look alike: “${word}”`;
  }
  return null;
}
