const CANDIDATE = /candidate authority certificate "([^"]{1,200})"/;

/** The common name, which Go quotes, of the authority that it tried; null when the words have none. */
export function candidateName(words: string): string | null {
  return CANDIDATE.exec(words)?.[1] ?? null;
}
