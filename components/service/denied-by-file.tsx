import { harmless } from "#components/ui/harmless-text.ts";

/** Says that what was granted is denied by a proxy that decides from a file; nothing when it is not. */
export function DeniedByFile({ words }: { words: string | null }) {
  if (words === null) return null;
  return <span className="block text-warn text-xs [overflow-wrap:anywhere]">{harmless(words)}</span>;
}
