import type { ReactNode } from "react";
import { CodeBlock } from "#components/ui/code-block.tsx";

/** Lines in view; a certificate may have thousands of names. */
export const LINES_SHOWN = 20;

interface BoundedLinesProps {
  /** The lines in view, LINES_SHOWN at most. */
  children: ReactNode;
  /** All of them as text. */
  all: readonly string[];
  /** "alternative names" */
  label: string;
}

/** A list that may be long: its beginning, and on demand the whole of it as text to read and copy. */
export function BoundedLines({ children, all, label }: BoundedLinesProps) {
  if (all.length <= LINES_SHOWN) return children;
  return (
    <>
      {children}
      <details className="mt-2">
        <summary className="text-link">
          Show all {all.length.toLocaleString("en")} {label}
        </summary>
        <div className="mt-2">
          <CodeBlock code={all.join("\n")} label={label} />
        </div>
      </details>
    </>
  );
}
