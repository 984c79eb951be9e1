/** One line of the answer to an upload, as JSON. */
export type UploadLine =
  | { progress: UploadProgress }
  /** Read to its end, or broken off: the page of the import tells which. */
  | { done: string }
  | { refusal: string };

/** How far the reading of an upload is. */
export interface UploadProgress {
  id: string;
  found: number;
  added: number;
  known: number;
  unreadable: number;
}

/**
 * The newest progress and the end in what has arrived of an answer; a line that is not whole yet is left for
 * the next time.
 *
 * @param text lines of JSON, from the beginning
 */
export function uploadState(text: string): {
  progress: UploadProgress | null;
  end: { done: string } | { refusal: string } | null;
} {
  let progress: UploadProgress | null = null;
  for (const line of text.split("\n").slice(0, -1)) {
    if (line === "") continue;
    const read = JSON.parse(line) as UploadLine;
    if ("progress" in read) progress = read.progress;
    else return { progress, end: read };
  }
  return { progress, end: null };
}

/** The progress as a sentence under the bar. */
export function progressWords({ found, added, known, unreadable }: UploadProgress): string {
  const parts = [`${added.toLocaleString("en")} added`, `${known.toLocaleString("en")} known already`];
  if (unreadable > 0) parts.push(`${unreadable.toLocaleString("en")} unreadable`);
  return `${found.toLocaleString("en")} found: ${parts.join(", ")}`;
}
