"use client";

import { type ReactNode, useId } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { FieldContext } from "#components/ui/field-context.ts";
import { FieldError } from "#components/ui/field-error.tsx";

interface FieldProps {
  label: ReactNode;
  /** One control: Input, Textarea, Select or FileDrop. It gets its id and descriptions by context. */
  children: ReactNode;
  /** What to fill in, its format and units; stands above the control, so that it is read first. */
  hint?: ReactNode;
  /** What is wrong and how to put it right. */
  error?: string | undefined;
  /** Id of the control; give it to let an error summary link here. */
  id?: string;
  required?: boolean;
  /** Says "optional" beside the label; for the few that may stay empty. */
  optional?: boolean;
  className?: string;
}

/** A label, its control, a hint and an error, tied together for screen readers. */
export function Field({
  label,
  children,
  hint,
  error,
  id,
  required = false,
  optional,
  className,
}: FieldProps) {
  const generated = useId();
  const control = id ?? generated;
  const hintId = `${control}-hint`;
  const errorId = `${control}-error`;
  const describedBy = classNames(hint != null && hintId, error && errorId) || undefined;
  return (
    <FieldContext value={{ id: control, describedBy, invalid: Boolean(error), required }}>
      <div className={classNames("flex min-w-0 flex-col gap-1", className)}>
        <label htmlFor={control} className="font-medium">
          {label}
          {optional && <span className="ml-1.5 font-normal text-faint">optional</span>}
        </label>
        {hint != null && (
          <div id={hintId} className="text-muted text-sm">
            {hint}
          </div>
        )}
        {children}
        <FieldError id={errorId} message={error} />
      </div>
    </FieldContext>
  );
}
