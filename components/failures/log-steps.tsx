import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "#components/ui/card.tsx";

interface LogStep {
  title: string;
  text: string;
  isDone: boolean;
  /** What is pressed to do it. */
  action: ReactNode;
}

/** What to do first on a new installation, in order. */
export function LogSteps({ steps }: { steps: readonly LogStep[] }) {
  const next = steps.findIndex(({ isDone }) => !isDone);
  return (
    <Card
      title="What to do first"
      description="Then every handshake that a proxy refuses is among the failures within seconds, with its cause."
    >
      <ol className="grid gap-4 xl:grid-cols-3">
        {steps.map(({ title, text, isDone, action }, place) => (
          <li key={title} className="flex min-w-0 flex-col rounded-md border border-line p-4">
            <h3 className="flex items-center gap-2 font-medium">
              <span
                aria-hidden
                className="grid size-6 shrink-0 place-items-center rounded-full border border-line-strong text-muted text-xs"
              >
                {isDone ? <Check className="size-3.5 text-ok" /> : place + 1}
              </span>
              {title}
              {isDone && <span className="sr-only">(done)</span>}
            </h3>
            <p className="mt-1 flex-1 text-muted">{text}</p>
            {place === next && <div className="mt-3 flex flex-wrap gap-2">{action}</div>}
          </li>
        ))}
      </ol>
    </Card>
  );
}
