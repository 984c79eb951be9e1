/**
 * Whether a version is that one or a later one; an unknown version is taken for a current one.
 *
 * @param version as `2.6.12-1+deb12u4`
 */
export function atLeast(version: string | null, wanted: string): boolean {
  if (version === null) return true;
  const have = numbersOf(version);
  if (have.length === 0) return true;
  for (const [index, number] of numbersOf(wanted).entries()) {
    const difference = (have[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const LEADING = /^v?(\d{1,9}(?:\.\d{1,9}){0,5})/;

const numbersOf = (version: string) =>
  (LEADING.exec(version.trim())?.[1] ?? "").split(".").filter(Boolean).map(Number);
