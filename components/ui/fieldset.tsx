"use client";

import { type ReactNode, useId } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { FieldError } from "#components/ui/field-error.tsx";

interface FieldsetProps {
  legend: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** Controls that answer one question: checkboxes, radio cards. */
  children: ReactNode;
  className?: string;
}

/** A question answered by several controls. */
export function Fieldset({ legend, hint, error, children, className }: FieldsetProps) {
  const id = useId();
  const describedBy = classNames(hint != null && `${id}-hint`, error && `${id}-error`) || undefined;
  return (
    <fieldset aria-describedby={describedBy} className={classNames("min-w-0", className)}>
      <legend className="font-medium">{legend}</legend>
      {hint != null && (
        <div id={`${id}-hint`} className="mt-1 text-muted text-sm">
          {hint}
        </div>
      )}
      <div className="mt-2 flex flex-col gap-2">{children}</div>
      <FieldError id={`${id}-error`} message={error} />
    </fieldset>
  );
}
