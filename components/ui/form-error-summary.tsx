"use client";

import { useEffect, useRef } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { UNKNOWN_OUTCOME } from "#lib/web/answer.ts";

export interface FormError {
  message: string;
  /** Id of the control that it is about, when it is about one. */
  fieldId?: string | undefined;
}

interface FormErrorSummaryProps {
  errors: readonly FormError[];
  title?: string;
}

/** Everything wrong with a form that was sent, above it; takes the focus and leads to each field. */
export function FormErrorSummary({ errors, title = "This could not be saved" }: FormErrorSummaryProps) {
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (errors.length > 0) box.current?.focus();
  }, [errors]);

  if (errors.length === 0) return null;
  // No title may say that nothing was done when nobody knows.
  const isUnknown = errors.some(({ message }) => message === UNKNOWN_OUTCOME);
  return (
    <div ref={box} tabIndex={-1} className="rounded-md">
      <Notice tone="critical" title={isUnknown ? "No answer came" : title} announce>
        <ul className="flex flex-col gap-0.5">
          {distinct(errors).map((error) => (
            <li key={keyOf(error)}>
              {error.fieldId === undefined ? (
                error.message
              ) : (
                <a href={`#${error.fieldId}`} className="text-link">
                  {error.message}
                </a>
              )}
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

const keyOf = ({ fieldId, message }: FormError) => `${fieldId}:${message}`;

/** Two alike say no more than one, and React would keep one of them in the list for ever. */
function distinct(errors: readonly FormError[]): FormError[] {
  return [...new Map(errors.map((error) => [keyOf(error), error])).values()];
}
