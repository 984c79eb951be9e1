import type { ReactNode } from "react";

interface EmptyStateProps {
  icon?: ReactNode;
  /** "No certificates yet", or "Nothing matches" when filters are set. */
  title: ReactNode;
  /** What would be here and what it is good for; after a check, when it was made. */
  description: ReactNode;
  /** The next step. */
  action?: ReactNode;
}

/** What stands in the place of a list that has nothing to show. */
export function EmptyState({ icon, title, description, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center px-4 py-10 text-center">
      {icon != null && <div className="mb-3 text-faint [&_svg]:size-6">{icon}</div>}
      <p className="font-semibold text-lg">{title}</p>
      <div className="mt-1 max-w-prose text-muted">{description}</div>
      {action != null && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
