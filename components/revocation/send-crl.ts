/** What became of an uploaded CRL, as the console is told. */
export interface SentCrl {
  sourceId: string;
  name: string;
  /** It is the very one that was there. */
  unchanged: boolean;
  entries: number;
  warnings: string[];
  /** What it changed here; null while that is still going on. */
  applied: { revoked: number; held: number; restored: number } | null;
}

/**
 * Sends a CRL file; its body is read as it comes, so it may be large.
 *
 * @param source id of the foreign CRL that it renews; null: found by its issuer
 * @returns what became of it, or why it was refused as a sentence
 */
export async function sendCrl(file: Blob, source: string | null): Promise<SentCrl | { refusal: string }> {
  const query = source === null ? "" : `?source=${encodeURIComponent(source)}`;
  try {
    const answer = await fetch(`/revocation/sources/upload${query}`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: file,
    });
    if (!answer.ok) return { refusal: (await answer.text()).trim() };
    return (await answer.json()) as SentCrl;
  } catch {
    return { refusal: "The connection was lost; try again." };
  }
}

/** What an upload did, in a sentence. */
export function sentInWords({ unchanged, entries, applied }: SentCrl): string {
  if (unchanged) return "It is the one that was here already.";
  const counted = `${entries.toLocaleString("en")} ${entries === 1 ? "entry" : "entries"}.`;
  if (applied === null) return `${counted} What it says of certificates here is being taken over.`;
  const changes = [
    [applied.revoked, "revoked"],
    [applied.held, "held"],
    [applied.restored, "valid again"],
  ] as const;
  const said = changes
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString("en")} ${word}`);
  return said.length === 0
    ? `${counted} None is of a certificate here.`
    : `${counted} Here: ${said.join(", ")}.`;
}
