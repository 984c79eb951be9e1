"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { classNames } from "#components/ui/class-names.ts";

interface SwitchProps extends Omit<ComponentProps<"input">, "type"> {
  label: ReactNode;
  hint?: ReactNode;
}

/** Turns something on or off at once; what waits for a form to be sent is a Checkbox. */
export function Switch({ label, hint, className, id, ...rest }: SwitchProps) {
  const generated = useId();
  const own = id ?? generated;
  const hintId = hint == null ? undefined : `${own}-hint`;
  return (
    <div className={classNames("flex items-start gap-2.5", className)}>
      <input
        {...rest}
        id={own}
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a native checkbox tells whether it is checked by itself.
        role="switch"
        aria-describedby={hintId}
        className={classNames(
          "relative mt-0.5 h-4 w-7 shrink-0 cursor-pointer appearance-none rounded-full bg-line-strong",
          "before:absolute before:top-0.5 before:left-0.5 before:size-3 before:rounded-full before:bg-surface motion-safe:before:transition-transform",
          "checked:bg-accent checked:before:translate-x-3 disabled:cursor-not-allowed disabled:opacity-55",
        )}
      />
      <div className="min-w-0">
        <label htmlFor={own}>{label}</label>
        {hint != null && (
          <p id={hintId} className="text-muted text-sm">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
