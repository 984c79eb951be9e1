import { Check } from "lucide-react";
import { classNames } from "#components/ui/class-names.ts";

interface StepsProps {
  /** What they lead to: "Setup". */
  label: string;
  steps: readonly string[];
  /** Index of the present one, from 0; the number of steps once all are done. */
  current: number;
}

/** Where one is in something done in order. */
export function Steps({ label, steps, current }: StepsProps) {
  return (
    <nav aria-label={label}>
      <ol className="flex flex-wrap gap-x-5 gap-y-1.5 text-sm">
        {steps.map((step, index) => {
          const done = index < current;
          const now = index === current;
          return (
            <li key={step} aria-current={now ? "step" : undefined} className="flex items-center gap-2">
              <span
                aria-hidden
                className={classNames(
                  "grid size-5 place-items-center rounded-full border font-medium text-xs",
                  now && "border-accent bg-accent text-on-accent",
                  done && "border-accent text-link",
                  !now && !done && "border-line-strong text-muted",
                )}
              >
                {done ? <Check className="size-3" /> : index + 1}
              </span>
              <span className={now ? "font-semibold" : "text-muted"}>{step}</span>
              {done && <span className="sr-only">(done)</span>}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
