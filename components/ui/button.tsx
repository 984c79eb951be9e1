"use client";

import type { ComponentProps, MouseEvent, ReactNode } from "react";
import { type ButtonSize, type ButtonVariant, buttonStyle } from "#components/ui/button-style.ts";
import { Spinner } from "#components/ui/spinner.tsx";

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Shown before the label; replaced by a spinner while pending. */
  icon?: ReactNode;
  /** The work it started is under way: it keeps the focus and ignores further presses. */
  pending?: boolean;
}

/** A button. Its type is "button" unless said otherwise, so that it never submits by accident. */
export function Button({
  variant = "secondary",
  size = "md",
  icon,
  pending = false,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (pending) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      className={buttonStyle(variant, size, className)}
      onClick={press}
    >
      {pending ? <Spinner /> : icon}
      {children}
    </button>
  );
}
