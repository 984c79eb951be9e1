import type { PasteAnswer } from "#components/failures/pasted-diagnosis.ts";

/** How handshakes ended of which lines were pasted. */
export function endWords({
  failed,
  succeeded,
  untold,
}: Pick<PasteAnswer, "failed" | "succeeded" | "untold">): string {
  const parts = [
    ...(failed > 0 ? [`${countWords(failed, "handshake")} failed`] : []),
    ...(succeeded > 0 ? [`${countWords(succeeded, "handshake")} went well`] : []),
    ...(untold > 0
      ? [
          `of ${countWords(untold, "handshake")} the lines do not say how ${untold === 1 ? "it" : "they"} ended`,
        ]
      : []),
  ];
  const [first = "the lines tell of no handshake"] = parts;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...parts.slice(1)].join(", ");
}

/** A count with its noun. */
export function countWords(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
