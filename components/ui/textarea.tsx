"use client";

import type { ComponentProps } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { useFieldAttributes } from "#components/ui/field-context.ts";

interface TextareaProps extends ComponentProps<"textarea"> {
  /** For PEM and other text that must not be wrapped or corrected. */
  mono?: boolean;
}

/** Several lines of text. */
export function Textarea({ mono = false, className, rows = 4, ...rest }: TextareaProps) {
  return (
    <textarea
      spellCheck={mono ? false : undefined}
      rows={rows}
      {...rest}
      {...useFieldAttributes(rest)}
      className={classNames("control block resize-y", mono && "font-mono text-xs!", className)}
    />
  );
}
