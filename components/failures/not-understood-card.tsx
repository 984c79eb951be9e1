import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { NotUnderstoodLine } from "#lib/handshake/proxy-logs.ts";

/** The last lines that nobody's format fits, as text; nothing when there are none. */
export function NotUnderstoodCard({ lines }: { lines: readonly NotUnderstoodLine[] }) {
  const [newest] = lines;
  if (newest === undefined) return null;
  return (
    <Card
      title="Lines that were not understood"
      description="No format that is known here has them; they were counted and passed over. Perhaps a log format of your own: compare it with what is recommended."
    >
      <CodeBlock
        code={lines.map(({ line }) => harmless(line)).join("\n")}
        title={lines.length === 1 ? "The last one" : `The last ${lines.length}, the newest first`}
        label="lines that were not understood"
        maxLines={10}
      />
      <p className="mt-2 text-muted text-sm">
        The newest came <RelativeTime time={newest.receivedAt} />.
      </p>
    </Card>
  );
}
