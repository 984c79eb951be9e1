import type { ChainProgress, ChainVerdict } from "#lib/audit/verify.ts";

/** One line of the check's answer, as JSON. */
export type ChainLine =
  | { progress: ChainProgress }
  | { verdict: Omit<ChainVerdict, "checkedAt"> & { checkedAt: string } }
  | { failure: string };

/**
 * Reads the lines of an answer as they arrive; a line may come in pieces.
 *
 * @throws Error when the answer ends within a line
 */
export async function* chainLines(body: ReadableStream<Uint8Array>): AsyncGenerator<ChainLine> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    rest += value;
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as ChainLine;
  }
  if (rest !== "") throw new Error("The answer broke off.");
}
