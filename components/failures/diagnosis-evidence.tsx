import { harmless } from "#components/ui/harmless-text.ts";
import type { Evidence } from "#lib/handshake/diagnosis.ts";

/** What speaks for a cause: quoted from the line as it stands there, and what the inventory knows. */
export function DiagnosisEvidence({ evidence }: { evidence: readonly Evidence[] }) {
  if (evidence.length === 0) return <p className="text-muted">Nothing but that the handshake failed.</p>;
  return (
    <ul className="flex min-w-0 flex-col gap-2">
      {evidence.map(({ from, text }) => (
        <li key={`${from} ${text}`} className="min-w-0">
          <span className="block text-muted text-xs">{FROM_WORDS[from]}</span>
          {from === "line" ? (
            <q className="font-mono text-xs [overflow-wrap:anywhere] before:content-none after:content-none">
              {harmless(text)}
            </q>
          ) : (
            <span className="[overflow-wrap:anywhere]">{harmless(text)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

const FROM_WORDS: Record<Evidence["from"], string> = {
  line: "In the line",
  inventory: "Known here",
};
