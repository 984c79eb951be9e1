import { Skeleton } from "#components/ui/skeleton.tsx";

interface LoadingProps {
  /** What is being loaded: "Loading certificates". */
  label: string;
  rows?: number;
}

const WIDTHS = ["w-2/3", "w-1/2", "w-3/4", "w-2/5", "w-3/5"];

/** A list that is on its way: fallback of a Suspense boundary round the slow part of a page. */
export function Loading({ label, rows = 6 }: LoadingProps) {
  return (
    <div role="status" className="flex flex-col gap-3 p-4">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} className={`h-4 ${WIDTHS[row % WIDTHS.length]}`} />
      ))}
    </div>
  );
}
