import { classNames } from "#components/ui/class-names.ts";

/** The place of something that is being loaded; its size comes from the class. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden className={classNames("block animate-pulse rounded-sm bg-neutral-soft", className)} />
  );
}
