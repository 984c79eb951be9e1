import { OctagonAlert } from "lucide-react";

/** What is wrong with a field. The element stays in the page, so that a new message is announced. */
export function FieldError({ id, message }: { id: string; message: string | undefined }) {
  return (
    <div id={id} aria-live="polite">
      {message && (
        <p className="flex items-start gap-1.5 text-critical text-sm">
          <OctagonAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 break-words">{message}</span>
        </p>
      )}
    </div>
  );
}
