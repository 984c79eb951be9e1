"use client";

import type { ReactNode } from "react";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { Tooltip } from "#components/ui/tooltip.tsx";

interface IconButtonProps extends Omit<ButtonProps, "children" | "icon" | "aria-label"> {
  /** What it does, for screen readers and on hover. */
  label: string;
  icon: ReactNode;
}

/** A square button with an icon only. */
export function IconButton({
  label,
  icon,
  variant = "quiet",
  size = "md",
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip content={label}>
      <Button
        {...rest}
        variant={variant}
        size={size}
        icon={icon}
        aria-label={label}
        className={classNames(
          "px-0!",
          size === "md" ? "w-8 pointer-coarse:w-10" : "w-7 pointer-coarse:w-9",
          className,
        )}
      />
    </Tooltip>
  );
}
