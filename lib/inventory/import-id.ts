/**
 * The certificates that an import added are found by their ids: they begin as the import's own id does, and
 * end with the number of the certificate. Ids of imports differ in 40 random bits of what is taken over.
 */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const SHARED = 18;
const NUMBERED = 8;

/** The id of a certificate. @param number from 0 on, in the order of the upload */
export function importedId(importId: string, number: number): string {
  let digits = "";
  for (let rest = number, digit = 0; digit < NUMBERED; digit++) {
    digits = ALPHABET.charAt(rest % 32) + digits;
    rest = Math.floor(rest / 32);
  }
  return importId.slice(0, SHARED) + digits;
}

/** The range of ids of an import's certificates. */
export function importedRange(importId: string): { gte: string; lte: string } {
  const shared = importId.slice(0, SHARED);
  return { gte: shared + ALPHABET.charAt(0).repeat(NUMBERED), lte: shared + "z".repeat(NUMBERED) };
}
