"use client";

import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { useFieldAttributes } from "#components/ui/field-context.ts";

/** One of several: the browser's own list, which is right on phones and with screen readers. Takes <option>s. */
export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className={classNames("relative block", className)}>
      <select {...rest} {...useFieldAttributes(rest)} className="control appearance-none truncate pr-8!">
        {children}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 size-4 -translate-y-1/2 text-muted"
      />
    </span>
  );
}
