import type { ReactNode } from "react";
import { type Breadcrumb, Breadcrumbs } from "#components/shell/breadcrumbs.tsx";

interface PageHeaderProps {
  title: ReactNode;
  /** Beside the title: the status of the page's subject. */
  status?: ReactNode;
  /** One or two sentences on what this page is for. */
  description?: ReactNode;
  breadcrumbs?: readonly Breadcrumb[];
  /** Buttons; the primary one last. */
  actions?: ReactNode;
}

/** The head of every page in the console. */
export function PageHeader({ title, status, description, breadcrumbs, actions }: PageHeaderProps) {
  return (
    <header className="mb-5">
      {breadcrumbs !== undefined && <Breadcrumbs trail={breadcrumbs} />}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="min-w-0 break-words font-semibold text-xl">{title}</h1>
            {status}
          </div>
          {description != null && <div className="mt-1 max-w-prose text-muted">{description}</div>}
        </div>
        {actions != null && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </header>
  );
}
