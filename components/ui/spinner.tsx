import { LoaderCircle } from "lucide-react";
import { classNames } from "#components/ui/class-names.ts";

/** A turning mark; decoration only, whoever shows it says in words what is under way. */
export function Spinner({ className }: { className?: string }) {
  return <LoaderCircle aria-hidden className={classNames("size-4 shrink-0 animate-spin", className)} />;
}
