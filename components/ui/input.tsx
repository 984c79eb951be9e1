"use client";

import type { ComponentProps } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { useFieldAttributes } from "#components/ui/field-context.ts";

interface InputProps extends ComponentProps<"input"> {
  /** For serial numbers, fingerprints, codes and patterns. */
  mono?: boolean;
}

/** A line of text. */
export function Input({ mono = false, className, ...rest }: InputProps) {
  return (
    <input
      spellCheck={mono ? false : undefined}
      {...rest}
      {...useFieldAttributes(rest)}
      className={classNames("control", mono && "font-mono", className)}
    />
  );
}
