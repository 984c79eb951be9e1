import type { ReactNode } from "react";

/** Names and values of one thing, in two columns. Takes `Description`s. */
export function DescriptionList({ children }: { children: ReactNode }) {
  return <dl className="divide-y divide-line">{children}</dl>;
}

interface DescriptionProps {
  term: ReactNode;
  /** The value; what is absent is said in words ("none"), not left blank. */
  children: ReactNode;
}

/** One name with its value. */
export function Description({ term, children }: DescriptionProps) {
  return (
    <div className="grid gap-x-4 gap-y-0.5 py-2 first:pt-0 last:pb-0 sm:grid-cols-[11rem_minmax(0,1fr)]">
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
