import type { ReactNode } from "react";
import { Copyable } from "#components/ui/copyable.tsx";

interface ErrorStateProps {
  /** Small mark above the title: "404", "500". */
  code?: string;
  title: string;
  description: ReactNode;
  /** Id under which the log has the cause. */
  id?: string | undefined;
  actions?: ReactNode;
}

/** A page or panel that could not be shown: what happened, the id to quote, and the next step. */
export function ErrorState({ code, title, description, id, actions }: ErrorStateProps) {
  return (
    <div className="mx-auto flex w-full max-w-lg flex-col items-start px-4 py-16">
      {code !== undefined && <p className="font-mono text-muted text-sm">{code}</p>}
      <h1 className="mt-1 font-semibold text-2xl">{title}</h1>
      <div className="mt-2 text-muted">{description}</div>
      {id !== undefined && (
        <p className="mt-4 flex flex-wrap items-center gap-2 text-sm">
          <span className="text-muted">Error id</span>
          <Copyable text={id} label="error id" />
        </p>
      )}
      {actions != null && <div className="mt-6 flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
